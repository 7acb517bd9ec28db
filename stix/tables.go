package stix

import (
	"strings"
	"sync"
)

// The tables of the standard (STIX 2.1 Errata 01, sections 3 to 7), one type to a
// paragraph: its name, then its properties as "name kind". A star marks a
// required property. Kinds:
//
//	s string, ts timestamp, i integer, f float, b boolean, bin base64, hex
//	dict dictionary, strings and lists dictionaries of strings or string lists
//	hashes, er external reference, kc kill chain phase, gm granular marking
//	->a/b identifier of an object of type a or b; ->* of any; ->SDO, ->SCO of a kind
//	ov:name open vocabulary, en:name closed enumeration
//	[k] list of k; {name} object described by its own paragraph
//
// LO..HI after i or f bounds the number.

const domainTables = `
attack-pattern: name* s, description s, aliases [s], kill_chain_phases [kc]
campaign: name* s, description s, aliases [s], first_seen ts, last_seen ts, objective s
course-of-action: name* s, description s
grouping: name s, description s, context* ov:grouping-context, object_refs* [->*]
identity: name* s, description s, roles [s], identity_class ov:identity-class, sectors [ov:sector], contact_information s
incident: name* s, description s
indicator: name s, description s, indicator_types [ov:indicator-type], pattern* s, pattern_type* ov:pattern-type, pattern_version s, valid_from* ts, valid_until ts, kill_chain_phases [kc]
infrastructure: name* s, description s, infrastructure_types [ov:infrastructure-type], aliases [s], kill_chain_phases [kc], first_seen ts, last_seen ts
intrusion-set: name* s, description s, aliases [s], first_seen ts, last_seen ts, goals [s], resource_level ov:resource-level, primary_motivation ov:motivation, secondary_motivations [ov:motivation]
location: name s, description s, latitude f -90..90, longitude f -180..180, precision f 0..40100000, region ov, country s, administrative_area s, city s, street_address s, postal_code s
malware: name s, description s, malware_types [ov:malware-type], is_family* b, aliases [s], kill_chain_phases [kc], first_seen ts, last_seen ts, operating_system_refs [->software], architecture_execution_envs [ov], implementation_languages [ov], capabilities [ov], sample_refs [->file/artifact]
malware-analysis: product* s, version s, host_vm_ref ->software, operating_system_ref ->software, installed_software_refs [->software], configuration_version s, modules [s], analysis_engine_version s, analysis_definition_version s, submitted ts, analysis_started ts, analysis_ended ts, result_name s, result ov:malware-result, analysis_sco_refs [->SCO], sample_ref ->file/artifact/network-traffic
note: content* s, object_refs* [->*], abstract s, authors [s]
observed-data: first_observed* ts, last_observed* ts, number_observed* i 1..999999999, object_refs [->SCO/relationship/sighting], objects dict
opinion: opinion* en:opinion, object_refs* [->*], explanation s, authors [s]
report: name* s, published* ts, object_refs* [->*], description s, report_types [ov:report-type]
threat-actor: name* s, description s, threat_actor_types [ov:threat-actor-type], aliases [s], first_seen ts, last_seen ts, roles [ov], goals [s], sophistication ov, resource_level ov:resource-level, primary_motivation ov:motivation, secondary_motivations [ov:motivation], personal_motivations [ov:motivation]
tool: name* s, description s, tool_types [ov:tool-type], aliases [s], kill_chain_phases [kc], tool_version s
vulnerability: name* s, description s
relationship: relationship_type* s, source_ref* ->SDO/SCO, target_ref* ->SDO/SCO, description s, start_time ts, stop_time ts
sighting: sighting_of_ref* ->SDO, first_seen ts, last_seen ts, count i 0..999999999, observed_data_refs [->observed-data], where_sighted_refs [->identity/location], summary b, description s
marking-definition: name s, definition_type s, definition dict
extension-definition: name* s, schema* s, version* s, extension_types* [en:extension-type], description s, extension_properties [s]
language-content: object_ref* ->*, contents* dict, object_modified ts
`

const observableTables = `
artifact: mime_type s, payload_bin bin, url s, hashes hashes, encryption_algorithm en:encryption, decryption_key s
autonomous-system: number* i, name s, rir s
directory: path* s, path_enc s, ctime ts, mtime ts, atime ts, contains_refs [->file/directory]
domain-name: value* s, resolves_to_refs [->ipv4-addr/ipv6-addr/domain-name]
email-addr: value* s, display_name s, belongs_to_ref ->user-account
email-message: is_multipart* b, date ts, content_type s, from_ref ->email-addr, sender_ref ->email-addr, to_refs [->email-addr], cc_refs [->email-addr], bcc_refs [->email-addr], message_id s, subject s, received_lines [s], additional_header_fields lists, body s, body_multipart [{mime-part}], raw_email_ref ->artifact
mime-part: body s, body_raw_ref ->artifact/file, content_type s, content_disposition s
file: hashes hashes, size i 0.., name s, name_enc s, magic_number_hex hex, mime_type s, ctime ts, mtime ts, atime ts, parent_directory_ref ->directory, contains_refs [->SCO], content_ref ->artifact
ipv4-addr: value* s, resolves_to_refs [->mac-addr], belongs_to_refs [->autonomous-system]
ipv6-addr: value* s, resolves_to_refs [->mac-addr], belongs_to_refs [->autonomous-system]
mac-addr: value* s
mutex: name* s
network-traffic: protocols* [s], start ts, end ts, is_active b, src_ref ->ipv4-addr/ipv6-addr/mac-addr/domain-name, dst_ref ->ipv4-addr/ipv6-addr/mac-addr/domain-name, src_port i 0..65535, dst_port i 0..65535, src_byte_count i 0.., dst_byte_count i 0.., src_packets i 0.., dst_packets i 0.., ipfix dict, src_payload_ref ->artifact, dst_payload_ref ->artifact, encapsulates_refs [->network-traffic], encapsulated_by_ref ->network-traffic
process: is_hidden b, pid i, created_time ts, cwd s, command_line s, environment_variables strings, opened_connection_refs [->network-traffic], creator_user_ref ->user-account, image_ref ->file, parent_ref ->process, child_refs [->process]
software: name* s, cpe s, swid s, languages [s], vendor s, version s
url: value* s
user-account: user_id s, credential s, account_login s, account_type ov:account-type, display_name s, is_service_account b, is_privileged b, can_escalate_privs b, is_disabled b, account_created ts, account_expires ts, credential_last_changed ts, account_first_login ts, account_last_login ts
windows-registry-key: key s, values [{registry-value}], modified_time ts, creator_user_ref ->user-account, number_of_subkeys i 0..
registry-value: name s, data s, data_type en:registry-type
x509-certificate: is_self_signed b, hashes hashes, version s, serial_number s, signature_algorithm s, issuer s, validity_not_before ts, validity_not_after ts, subject s, subject_public_key_algorithm s, subject_public_key_modulus s, subject_public_key_exponent i, x509_v3_extensions {x509-v3}
x509-v3: basic_constraints s, name_constraints s, policy_constraints s, key_usage s, extended_key_usage s, subject_key_identifier s, authority_key_identifier s, subject_alternative_name s, issuer_alternative_name s, subject_directory_attributes s, crl_distribution_points s, inhibit_any_policy s, private_key_usage_period_not_before ts, private_key_usage_period_not_after ts, certificate_policies s, policy_mappings s
`

const extensionTables = `
archive-ext: contains_refs* [->file/directory], comment s
ntfs-ext: sid s, alternate_data_streams [{data-stream}]
data-stream: name* s, hashes hashes, size i 0..
pdf-ext: version s, is_optimized b, document_info_dict strings, pdfid0 s, pdfid1 s
raster-image-ext: image_height i, image_width i, bits_per_pixel i, exif_tags dict
windows-pebinary-ext: pe_type* ov:pe-type, imphash s, machine_hex hex, number_of_sections i 0.., time_date_stamp ts, pointer_to_symbol_table_hex hex, number_of_symbols i 0.., size_of_optional_header i 0.., characteristics_hex hex, file_header_hashes hashes, optional_header {pe-optional-header}, sections [{pe-section}]
pe-optional-header: magic_hex hex, major_linker_version i, minor_linker_version i, size_of_code i, size_of_initialized_data i, size_of_uninitialized_data i, address_of_entry_point i, base_of_code i, base_of_data i, image_base i, section_alignment i, file_alignment i, major_os_version i, minor_os_version i, major_image_version i, minor_image_version i, major_subsystem_version i, minor_subsystem_version i, win32_version_value_hex hex, size_of_image i, size_of_headers i, checksum_hex hex, subsystem_hex hex, dll_characteristics_hex hex, size_of_stack_reserve i, size_of_stack_commit i, size_of_heap_reserve i, size_of_heap_commit i, loader_flags_hex hex, number_of_rva_and_sizes i, hashes hashes
pe-section: name* s, size i 0.., entropy f, hashes hashes
http-request-ext: request_method* s, request_value* s, request_version s, request_header lists, message_body_length i, message_body_data_ref ->artifact
icmp-ext: icmp_type_hex* hex, icmp_code_hex* hex
socket-ext: address_family* en:address-family, is_blocking b, is_listening b, options dict, socket_type en:socket-type, socket_descriptor i 0.., socket_handle i
tcp-ext: src_flags_hex hex, dst_flags_hex hex
windows-process-ext: aslr_enabled b, dep_enabled b, priority s, owner_sid s, window_title s, startup_info dict, integrity_level en:integrity
windows-service-ext: service_name s, descriptions [s], display_name s, group_name s, start_type en:service-start, service_dll_refs [->file], service_type en:service-type, service_status en:service-status
unix-account-ext: gid i, groups [s], home_dir s, shell s
`

const partTables = `
external-reference: source_name* s, description s, url s, hashes hashes, external_id s
kill-chain-phase: kill_chain_name* s, phase_name* s
granular-marking: selectors* [s], marking_ref ->marking-definition, lang s
`

// commonTables hold what kinds of objects share.
const commonTables = `
SDO: type* s, id* s, spec_version* s, created_by_ref ->identity, created* ts, modified* ts, revoked b, labels [s], confidence i 0..100, lang s, external_references [er], object_marking_refs [->marking-definition], granular_markings [gm], extensions dict
SCO: type* s, id* s, spec_version s, object_marking_refs [->marking-definition], granular_markings [gm], defanged b, extensions dict
extension-definition: type* s, id* s, spec_version* s, created_by_ref* ->identity, created* ts, modified* ts, revoked b, labels [s], external_references [er], object_marking_refs [->marking-definition], granular_markings [gm]
language-content: type* s, id* s, spec_version* s, created_by_ref ->identity, created* ts, modified* ts, revoked b, labels [s], confidence i 0..100, external_references [er], object_marking_refs [->marking-definition], granular_markings [gm], extensions dict
marking-definition: type* s, id* s, spec_version* s, created_by_ref ->identity, created* ts, external_references [er], object_marking_refs [->marking-definition], granular_markings [gm], extensions dict
`

// field is a property as the tables describe it.
type field struct {
	name     string
	kind     string // without the brackets of a list
	list     bool
	required bool
	low      string // bounds of a number, "" for none
	high     string
}

type schema struct {
	domain     map[string][]field // domain, relationship and meta objects
	observable map[string][]field // and the objects inside them
	extension  map[string][]field
	part       map[string][]field
	common     map[string][]field
}

var loadSchema = sync.OnceValue(func() *schema {
	return &schema{parseTables(domainTables + attackFlowTables[1:]), parseTables(observableTables), parseTables(extensionTables),
		parseTables(partTables), parseTables(commonTables)}
})

func parseTables(text string) map[string][]field {
	out := map[string][]field{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, f := range strings.Split(list, ", ") {
			out[name] = append(out[name], parseField(f))
		}
	}
	return out
}

func parseField(s string) field {
	words := strings.Fields(s)
	name, required := strings.CutSuffix(words[0], "*")
	kind, list := strings.CutPrefix(words[1], "[")
	f := field{name: name, required: required, list: list, kind: strings.TrimSuffix(kind, "]")}
	if len(words) > 2 {
		f.low, f.high, _ = strings.Cut(words[2], "..")
	}
	return f
}

// observableType says whether the standard defines a cyber-observable of the name.
func observableType(name string) bool {
	switch name {
	case "mime-part", "registry-value", "x509-v3":
		return false
	}
	_, ok := loadSchema().observable[name]
	return ok
}

// commonFields are the properties that objects of a type share.
func (s *schema) commonFields(objectType string, sco bool) []field {
	if f, ok := s.common[objectType]; ok {
		return f
	}
	if sco {
		return s.common["SCO"]
	}
	return s.common["SDO"]
}

// shapeOf finds the description of an object inside another; ok is false for
// those that are described nowhere.
func (s *schema) shapeOf(name string) (fields []field, ok bool) {
	for _, m := range []map[string][]field{s.observable, s.extension, s.part} {
		if fields, ok = m[name]; ok {
			return fields, true
		}
	}
	return nil, false
}
