package stix

// This file holds the cyber-observables that Tyto reads and writes. Any other
// can be read as an Object and made with MakeFrom.

// Artifact is bytes or where to find them (section 6.1).
type Artifact struct {
	SCOCommon
	MimeType            string            `json:"mime_type,omitempty"`
	PayloadBin          string            `json:"payload_bin,omitempty"` // base64
	URL                 string            `json:"url,omitempty"`
	Hashes              map[string]string `json:"hashes,omitempty"`
	EncryptionAlgorithm string            `json:"encryption_algorithm,omitempty"`
	DecryptionKey       string            `json:"decryption_key,omitempty"`
}

// AutonomousSystem is an AS (section 6.2).
type AutonomousSystem struct {
	SCOCommon
	Number int64  `json:"number"`
	Name   string `json:"name,omitempty"`
	RIR    string `json:"rir,omitempty"`
}

// Directory is a folder (section 6.3).
type Directory struct {
	SCOCommon
	Path         string    `json:"path"`
	PathEnc      string    `json:"path_enc,omitempty"`
	CTime        Timestamp `json:"ctime,omitzero"`
	MTime        Timestamp `json:"mtime,omitzero"`
	ATime        Timestamp `json:"atime,omitzero"`
	ContainsRefs []string  `json:"contains_refs,omitempty"`
}

// DomainName is a name in the DNS (section 6.4).
type DomainName struct {
	SCOCommon
	Value          string   `json:"value"`
	ResolvesToRefs []string `json:"resolves_to_refs,omitempty"`
}

// EmailAddr is an address without its display name (section 6.5).
type EmailAddr struct {
	SCOCommon
	Value        string `json:"value"`
	DisplayName  string `json:"display_name,omitempty"`
	BelongsToRef string `json:"belongs_to_ref,omitempty"`
}

// File is a file by content or by name (section 6.7).
type File struct {
	SCOCommon
	Hashes             map[string]string `json:"hashes,omitempty"`
	Size               *int64            `json:"size,omitempty"`
	Name               string            `json:"name,omitempty"`
	NameEnc            string            `json:"name_enc,omitempty"`
	MagicNumberHex     string            `json:"magic_number_hex,omitempty"`
	MimeType           string            `json:"mime_type,omitempty"`
	CTime              Timestamp         `json:"ctime,omitzero"`
	MTime              Timestamp         `json:"mtime,omitzero"`
	ATime              Timestamp         `json:"atime,omitzero"`
	ParentDirectoryRef string            `json:"parent_directory_ref,omitempty"`
	ContainsRefs       []string          `json:"contains_refs,omitempty"`
	ContentRef         string            `json:"content_ref,omitempty"`
}

// IPv4Addr is an address or network (section 6.8).
type IPv4Addr struct {
	SCOCommon
	Value         string   `json:"value"`
	ResolvesTo    []string `json:"resolves_to_refs,omitempty"`
	BelongsToRefs []string `json:"belongs_to_refs,omitempty"`
}

// IPv6Addr is an address or network (section 6.9).
type IPv6Addr struct {
	SCOCommon
	Value         string   `json:"value"`
	ResolvesTo    []string `json:"resolves_to_refs,omitempty"`
	BelongsToRefs []string `json:"belongs_to_refs,omitempty"`
}

// MACAddr is a hardware address, such as 00:0c:29:ab:cd:ef (section 6.10).
type MACAddr struct {
	SCOCommon
	Value string `json:"value"`
}

// Mutex is a named mutual exclusion object (section 6.11).
type Mutex struct {
	SCOCommon
	Name string `json:"name"`
}

// NetworkTraffic is traffic between two ends, at least one of them known
// (section 6.12).
type NetworkTraffic struct {
	SCOCommon
	Start             Timestamp      `json:"start,omitzero"`
	End               Timestamp      `json:"end,omitzero"`
	IsActive          *bool          `json:"is_active,omitempty"`
	SrcRef            string         `json:"src_ref,omitempty"`
	DstRef            string         `json:"dst_ref,omitempty"`
	SrcPort           *int           `json:"src_port,omitempty"`
	DstPort           *int           `json:"dst_port,omitempty"`
	Protocols         []string       `json:"protocols"` // outer to inner: ipv4, tcp, tls
	SrcByteCount      *int64         `json:"src_byte_count,omitempty"`
	DstByteCount      *int64         `json:"dst_byte_count,omitempty"`
	SrcPackets        *int64         `json:"src_packets,omitempty"`
	DstPackets        *int64         `json:"dst_packets,omitempty"`
	IPFIX             map[string]any `json:"ipfix,omitempty"`
	SrcPayloadRef     string         `json:"src_payload_ref,omitempty"`
	DstPayloadRef     string         `json:"dst_payload_ref,omitempty"`
	EncapsulatesRefs  []string       `json:"encapsulates_refs,omitempty"`
	EncapsulatedByRef string         `json:"encapsulated_by_ref,omitempty"`
}

// Process is a running program (section 6.13). Its name is that of its image.
type Process struct {
	SCOCommon
	IsHidden             *bool             `json:"is_hidden,omitempty"`
	PID                  *int64            `json:"pid,omitempty"`
	CreatedTime          Timestamp         `json:"created_time,omitzero"`
	CWD                  string            `json:"cwd,omitempty"`
	CommandLine          string            `json:"command_line,omitempty"`
	EnvironmentVariables map[string]string `json:"environment_variables,omitempty"`
	OpenedConnectionRefs []string          `json:"opened_connection_refs,omitempty"`
	CreatorUserRef       string            `json:"creator_user_ref,omitempty"`
	ImageRef             string            `json:"image_ref,omitempty"`
	ParentRef            string            `json:"parent_ref,omitempty"`
	ChildRefs            []string          `json:"child_refs,omitempty"`
}

// Software is a software product (section 6.14).
type Software struct {
	SCOCommon
	Name      string   `json:"name"`
	CPE       string   `json:"cpe,omitempty"`
	SWID      string   `json:"swid,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Vendor    string   `json:"vendor,omitempty"`
	Version   string   `json:"version,omitempty"`
}

// URL is a uniform resource locator (section 6.15).
type URL struct {
	SCOCommon
	Value string `json:"value"`
}

// UserAccount is an account on a system or service (section 6.16).
type UserAccount struct {
	SCOCommon
	UserID                string    `json:"user_id,omitempty"`
	Credential            string    `json:"credential,omitempty"`
	AccountLogin          string    `json:"account_login,omitempty"`
	AccountType           string    `json:"account_type,omitempty"`
	DisplayName           string    `json:"display_name,omitempty"`
	IsServiceAccount      *bool     `json:"is_service_account,omitempty"`
	IsPrivileged          *bool     `json:"is_privileged,omitempty"`
	CanEscalatePrivs      *bool     `json:"can_escalate_privs,omitempty"`
	IsDisabled            *bool     `json:"is_disabled,omitempty"`
	AccountCreated        Timestamp `json:"account_created,omitzero"`
	AccountExpires        Timestamp `json:"account_expires,omitzero"`
	CredentialLastChanged Timestamp `json:"credential_last_changed,omitzero"`
	AccountFirstLogin     Timestamp `json:"account_first_login,omitzero"`
	AccountLastLogin      Timestamp `json:"account_last_login,omitzero"`
}

// WindowsRegistryKey is a key with the hive's full name (section 6.17).
type WindowsRegistryKey struct {
	SCOCommon
	Key             string          `json:"key,omitempty"`
	Values          []RegistryValue `json:"values,omitempty"`
	ModifiedTime    Timestamp       `json:"modified_time,omitzero"`
	CreatorUserRef  string          `json:"creator_user_ref,omitempty"`
	NumberOfSubkeys *int            `json:"number_of_subkeys,omitempty"`
}

// RegistryValue is a value of a registry key; the default value has an empty name.
type RegistryValue struct {
	Name     *string `json:"name,omitempty"`
	Data     *string `json:"data,omitempty"`
	DataType string  `json:"data_type,omitempty"`
}

// X509Certificate is a certificate (section 6.18).
type X509Certificate struct {
	SCOCommon
	IsSelfSigned              *bool             `json:"is_self_signed,omitempty"`
	Hashes                    map[string]string `json:"hashes,omitempty"`
	Version                   string            `json:"version,omitempty"`
	SerialNumber              string            `json:"serial_number,omitempty"`
	SignatureAlgorithm        string            `json:"signature_algorithm,omitempty"`
	Issuer                    string            `json:"issuer,omitempty"`
	ValidityNotBefore         Timestamp         `json:"validity_not_before,omitzero"`
	ValidityNotAfter          Timestamp         `json:"validity_not_after,omitzero"`
	Subject                   string            `json:"subject,omitempty"`
	SubjectPublicKeyAlgorithm string            `json:"subject_public_key_algorithm,omitempty"`
}
