package stix

// Attack Flow 2.0.0 of the Center for Threat-Informed Defense extends STIX with
// objects that tell the course of an attack. Make puts the extension on them; a bundle
// that holds any should hold AttackFlowDefinition and AttackFlowAuthor too.

const (
	// AttackFlowExtension is the extension's identifier.
	AttackFlowExtension = "extension-definition--fb9c968a-745b-4ade-9b25-c324172197f4"

	attackFlowAuthor  = "identity--d673f8cb-c168-42da-8ed4-0cb26725f86c"
	attackFlowCreated = "2022-08-02T19:34:35.143Z"
)

const attackFlowTables = `
attack-flow: name* s, description s, scope* en:flow-scope, start_refs* [->attack-action/attack-condition]
attack-action: name* s, description s, technique_id s, technique_ref ->attack-pattern, tactic_id s, tactic_ref ->*, execution_start ts, execution_end ts, command_ref ->process, asset_refs [->attack-asset], effect_refs [->attack-action/attack-operator/attack-condition], confidence i 0..100
attack-asset: name* s, description s, object_ref ->*
attack-condition: description* s, pattern s, pattern_type s, pattern_version s, on_true_refs [->attack-action/attack-operator/attack-condition], on_false_refs [->attack-action/attack-operator/attack-condition]
attack-operator: operator* en:flow-operator, effect_refs [->attack-action/attack-operator/attack-condition]
`

// AttackFlow is a whole flow; StartRefs name its first actions or conditions.
type AttackFlow struct {
	Common
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Scope       string   `json:"scope"` // incident, campaign, threat-actor, malware, emulation-plan, attack-tree, other
	StartRefs   []string `json:"start_refs"`
}

// AttackAction is one technique as it was used.
type AttackAction struct {
	Common
	Name           string    `json:"name"`
	Description    string    `json:"description,omitempty"`
	TacticID       string    `json:"tactic_id,omitempty"`
	TacticRef      string    `json:"tactic_ref,omitempty"`
	TechniqueID    string    `json:"technique_id,omitempty"`
	TechniqueRef   string    `json:"technique_ref,omitempty"`
	ExecutionStart Timestamp `json:"execution_start,omitzero"`
	ExecutionEnd   Timestamp `json:"execution_end,omitzero"`
	CommandRef     string    `json:"command_ref,omitempty"`
	AssetRefs      []string  `json:"asset_refs,omitempty"`
	EffectRefs     []string  `json:"effect_refs,omitempty"`
}

// AttackAsset is what an action acts on.
type AttackAsset struct {
	Common
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	ObjectRef   string `json:"object_ref,omitempty"`
}

// AttackCondition is a state that must hold before the flow goes on.
type AttackCondition struct {
	Common
	Description    string   `json:"description"`
	Pattern        string   `json:"pattern,omitempty"`
	PatternType    string   `json:"pattern_type,omitempty"`
	PatternVersion string   `json:"pattern_version,omitempty"`
	OnTrueRefs     []string `json:"on_true_refs,omitempty"`
	OnFalseRefs    []string `json:"on_false_refs,omitempty"`
}

// AttackOperator joins paths of a flow by AND or OR.
type AttackOperator struct {
	Common
	Operator   string   `json:"operator"`
	EffectRefs []string `json:"effect_refs,omitempty"`
}

func (*AttackFlow) stixType() string      { return "attack-flow" }
func (*AttackAction) stixType() string    { return "attack-action" }
func (*AttackAsset) stixType() string     { return "attack-asset" }
func (*AttackCondition) stixType() string { return "attack-condition" }
func (*AttackOperator) stixType() string  { return "attack-operator" }

func (x *AttackFlow) extend()      { x.addFlowExtension() }
func (x *AttackAction) extend()    { x.addFlowExtension() }
func (x *AttackAsset) extend()     { x.addFlowExtension() }
func (x *AttackCondition) extend() { x.addFlowExtension() }
func (x *AttackOperator) extend()  { x.addFlowExtension() }

func (c *Common) addFlowExtension() {
	if c.Extensions == nil {
		c.Extensions = map[string]any{}
	}
	c.Extensions[AttackFlowExtension] = map[string]any{"extension_type": "new-sdo"}
}

// AttackFlowDefinition is the extension's definition.
func AttackFlowDefinition() *Object {
	return mustObject(Prop{"type", "extension-definition"}, Prop{"spec_version", "2.1"}, Prop{"id", AttackFlowExtension},
		Prop{"created", attackFlowCreated}, Prop{"modified", attackFlowCreated}, Prop{"created_by_ref", attackFlowAuthor},
		Prop{"name", "Attack Flow"}, Prop{"version", "2.0.0"}, Prop{"extension_types", []string{"new-sdo"}},
		Prop{"schema", "https://center-for-threat-informed-defense.github.io/attack-flow/stix/attack-flow-schema-2.0.0.json"})
}

// AttackFlowAuthor is the identity that AttackFlowDefinition names.
func AttackFlowAuthor() *Object {
	return mustObject(Prop{"type", "identity"}, Prop{"spec_version", "2.1"}, Prop{"id", attackFlowAuthor},
		Prop{"created", attackFlowCreated}, Prop{"modified", attackFlowCreated}, Prop{"created_by_ref", attackFlowAuthor},
		Prop{"name", "MITRE Center for Threat-Informed Defense"}, Prop{"identity_class", "organization"})
}

// IncidentExtension is the Incident Core extension of the OASIS common objects,
// a draft whose schema may still change (version 2.0 of 10 October 2023). On an incident it
// needs determination, investigation_status and extension_type.
const IncidentExtension = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
