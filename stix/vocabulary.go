package stix

import (
	"slices"
	"strings"
	"sync"
)

// enumeration lists the terms of a closed enumeration: anything else is an
// error.
func enumeration(name string) []string { return loadEnumerations()[name] }

var loadEnumerations = sync.OnceValue(func() map[string][]string {
	return termLists(map[string]string{
		"opinion":        "strongly-disagree disagree neutral agree strongly-agree",
		"encryption":     "AES-256-GCM ChaCha20-Poly1305 mime-type-indicated",
		"extension-type": "new-sdo new-sco new-sro property-extension toplevel-property-extension",
		"flow-scope":     "incident campaign threat-actor malware emulation-plan attack-tree other",
		"flow-operator":  "AND OR",
		"integrity":      "low medium high system",
		"service-start":  "SERVICE_AUTO_START SERVICE_BOOT_START SERVICE_DEMAND_START SERVICE_DISABLED SERVICE_SYSTEM_ALERT",
		"service-type":   "SERVICE_KERNEL_DRIVER SERVICE_FILE_SYSTEM_DRIVER SERVICE_WIN32_OWN_PROCESS SERVICE_WIN32_SHARE_PROCESS",
		"service-status": "SERVICE_CONTINUE_PENDING SERVICE_PAUSE_PENDING SERVICE_PAUSED SERVICE_RUNNING SERVICE_START_PENDING SERVICE_STOP_PENDING SERVICE_STOPPED",
		"registry-type":  "REG_NONE REG_SZ REG_EXPAND_SZ REG_BINARY REG_DWORD REG_DWORD_BIG_ENDIAN REG_DWORD_LITTLE_ENDIAN REG_LINK REG_MULTI_SZ REG_RESOURCE_LIST REG_FULL_RESOURCE_DESCRIPTION REG_RESOURCE_REQUIREMENTS_LIST REG_QWORD REG_INVALID_TYPE",
		"address-family": "AF_UNSPEC AF_INET AF_IPX AF_APPLETALK AF_NETBIOS AF_INET6 AF_IRDA AF_BTH",
		"socket-type":    "SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET",
	})
})

func termLists(text map[string]string) map[string][]string {
	out := make(map[string][]string, len(text))
	for name, terms := range text {
		out[name] = strings.Fields(terms)
	}
	return out
}

// Vocabulary lists the suggested terms of an open vocabulary by its short
// name, such as "indicator-type". Other terms are legal. It is empty for a
// vocabulary that is not kept here.
func Vocabulary(name string) []string { return slices.Clone(loadVocabularies()[name]) }

var loadVocabularies = sync.OnceValue(func() map[string][]string {
	return termLists(map[string]string{
		"indicator-type":      "anomalous-activity anonymization benign compromised malicious-activity attribution unknown",
		"pattern-type":        "stix pcre sigma snort suricata yara",
		"grouping-context":    "suspicious-activity malware-analysis unspecified",
		"identity-class":      "individual group system organization class unknown",
		"infrastructure-type": "amplification anonymization botnet command-and-control control-system exfiltration firewall hosting-malware hosting-target-lists phishing reconnaissance routers-switches staging workstation unknown",
		"malware-type":        "adware backdoor bot bootkit ddos downloader dropper exploit-kit keylogger ransomware remote-access-trojan resource-exploitation rogue-security-software rootkit screen-capture spyware trojan unknown virus webshell wiper worm",
		"malware-result":      "malicious suspicious benign unknown",
		"report-type":         "attack-pattern campaign identity incident indicator intrusion-set malware observed-data threat-actor threat-report tool vulnerability",
		"resource-level":      "individual club contest team organization government",
		"motivation":          "accidental coercion dominance ideology notoriety organizational-gain personal-gain personal-satisfaction revenge unpredictable",
		"threat-actor-type":   "activist competitor crime-syndicate criminal hacker insider-accidental insider-disgruntled nation-state private-sector sensationalist spy terrorist unknown",
		"tool-type":           "denial-of-service exploitation information-gathering network-capture credential-exploitation remote-access vulnerability-scanning unknown",
		"account-type":        "facebook ldap nis openid radius skype tacacs twitter unix windows-local windows-domain",
		"pe-type":             "dll exe sys",
		"sector":              "agriculture aerospace automotive chemical commercial communications construction defense education energy entertainment financial-services government emergency-services government-local government-national government-public-services government-regional healthcare hospitality-leisure infrastructure dams nuclear water insurance legal manufacturing mining non-profit pharmaceuticals retail technology telecommunications transportation utilities",
		"hash":                "MD5 SHA-1 SHA-256 SHA-512 SHA3-256 SHA3-512 SSDEEP TLSH",
	})
})

// relationships is the table of section 3.7 and Appendix B: for each source the
// relationship types and their targets.
const relationships = `
attack-pattern: delivers malware; targets identity location vulnerability; uses malware tool
campaign: attributed-to intrusion-set threat-actor; compromises infrastructure; originates-from location; targets identity location vulnerability; uses attack-pattern infrastructure malware tool
course-of-action: investigates indicator; mitigates attack-pattern indicator malware tool vulnerability; remediates malware vulnerability
domain-name: resolves-to domain-name ipv4-addr ipv6-addr
identity: located-at location
indicator: indicates attack-pattern campaign infrastructure intrusion-set malware threat-actor tool; based-on observed-data
infrastructure: communicates-with infrastructure ipv4-addr ipv6-addr domain-name url; consists-of infrastructure observed-data SCO; controls infrastructure malware; delivers malware; has vulnerability; hosts tool malware; located-at location; uses infrastructure
intrusion-set: attributed-to threat-actor; compromises infrastructure; hosts infrastructure; owns infrastructure; originates-from location; targets identity location vulnerability; uses attack-pattern infrastructure malware tool
ipv4-addr: belongs-to autonomous-system; resolves-to mac-addr
ipv6-addr: belongs-to autonomous-system; resolves-to mac-addr
malware: authored-by threat-actor intrusion-set; beacons-to infrastructure; exfiltrates-to infrastructure; communicates-with ipv4-addr ipv6-addr domain-name url; controls malware; downloads malware tool file; drops malware tool file; exploits vulnerability; originates-from location; targets identity infrastructure location vulnerability; uses attack-pattern infrastructure malware tool; variant-of malware
malware-analysis: characterizes malware; av-analysis-of malware; static-analysis-of malware; dynamic-analysis-of malware
threat-actor: attributed-to identity; compromises infrastructure; hosts infrastructure; owns infrastructure; impersonates identity; located-at location; targets identity location vulnerability; uses attack-pattern infrastructure malware tool
tool: delivers malware; drops malware; has vulnerability; targets identity infrastructure location vulnerability; uses infrastructure
`

// KnownRelationship says whether the standard names a relationship of the type
// between the two types of objects. Others are legal, but fewer will
// understand them.
func KnownRelationship(source, relationshipType, target string) bool {
	switch relationshipType {
	case "derived-from", "duplicate-of":
		return source == target
	case "related-to":
		return true
	}
	for line := range strings.Lines(strings.TrimSpace(relationships)) {
		from, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if from != source {
			continue
		}
		for _, entry := range strings.Split(rest, "; ") {
			words := strings.Fields(entry)
			if words[0] == relationshipType {
				return slices.Contains(words[1:], target) || slices.Contains(words[1:], "SCO") && observableType(target)
			}
		}
	}
	return false
}
