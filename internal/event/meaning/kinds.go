package meaning

// A Meaning is what a field holds.
type Meaning uint8

// The meanings, by the kind of thing that they belong to. An account is in an
// event as the Subject that did it, the Target that it was done to, the
// Outbound one whose credentials are used on the network, the Member of a group
// or the Login that began it all; programs are the process itself, its Parent
// and the Target that it was done to.
const (
	SubjectName Meaning = iota + 1
	SubjectDomain
	SubjectID
	SubjectLogon
	SubjectARN       // Amazon's name for it
	SubjectPrincipal // name/realm of Kerberos
	SubjectAny       // a GUID, a number or a name: logs use one field for all
	TargetName
	TargetDomain
	TargetID
	TargetLogon
	OutboundName
	OutboundDomain
	MemberID
	LoginAny
	lastOfAccounts

	Image // path or name of the program
	CommandLine
	PID
	GUID
	ParentImage
	ParentCommandLine
	ParentPID
	ParentGUID
	TargetImage
	TargetPID
	TargetGUID
	lastOfProcesses

	SrcAddr // of the side that began
	SrcPort
	DstAddr
	DstPort
	ServerAddr // destination that is the machine which wrote the log
	Protocol   // of transport
	FlowID
	CommunityID
	lastOfFlows

	Query      // asked of the name system
	Answer     // what it answered: a name or an address
	Answers    // several, as Sysmon lists them
	ServerName // in a TLS or QUIC handshake
	WebHost    // of a web request
	URL        // whole or without its host
	CertificateName
	Machine  // another computer, as the log calls it
	PeerName // what the other end of a connection is called
	lastOfNames

	HashList // hashes of any kind, perhaps several with their kinds before them
	MD5
	SHA1
	SHA256
	SHA512
	ImpHash
	JA3
	JA3S
	JA4
	Thumbprint // of a certificate
	lastOfHashes

	TouchedFile
	LoadedFile
	CarriedFile // over the network
	FormerFile  // the former name of a file
	Share
	ShareFile // path below the share
	Object    // of Windows: a file, a key, a pipe, a mutex, ...
	lastOfFiles

	Service
	ServiceStarts
	ServiceAccount
	NoService // called a service, but none
	Task
	TaskStarts
	Subscription
	SubscriptionStarts
	lastOfServices

	WriterName      // account that the record was written as: the actor's, or a service's
	WriterDomain    // of that account
	Address         // of somebody, at neither end of a connection as far as is known
	FarAddr         // the other end, whoever began
	AppProtocol     // that a connection speaks
	SrcBytes        // that the side that began sent
	DstBytes        // that it got
	SrcPackets      // as SrcBytes
	DstPackets      // as DstBytes
	WorkingFolder   // of the process
	SomeImage       // a program, of which the log does not say whether it acts or is acted upon
	SomePath        // of a file, whatever it has to do with the event
	Text            // script or the like, with commands in it
	RegistryKey     // or value
	RegistryValue   // its name, where it stands apart from the key
	RegistryData    // what a value was set to
	Pipe            // its name
	Mutex           // its name
	ObjectKind      // what kind of thing an Object is, in words
	ServiceDisplay  // what a service is called for people
	WebMethod       // of a web request
	WebScheme       // of its URL
	WebPath         // URL without its host
	WebQuery        // behind the question mark
	Referrer        // URL of the page before
	UserAgent       // of a web request
	Cookie          // of a web request
	CertSubject     // distinguished name in a certificate
	Mail            // addresses
	MailSender      // address that a message was handed over as from
	MailFrom        // address that a message says to be from
	MailTo          // addresses of those who get it
	MailSubject     // its title
	MessageID       // of a mail
	Signed          // true or false
	SignatureStatus // in words

	Count // of meanings, and one
)

// A Thing is a kind of what events are about.
type Thing uint8

// The kinds of things.
const (
	Accounts Thing = iota
	Processes
	Flows
	NetNames
	Hashes
	Files
	Services
	Others
	Things
)

// Thing returns the kind of thing that a meaning belongs to.
func (m Meaning) Thing() Thing {
	for i, last := range [...]Meaning{lastOfAccounts, lastOfProcesses, lastOfFlows, lastOfNames, lastOfHashes, lastOfFiles, lastOfServices} {
		if m < last {
			return Thing(i)
		}
	}
	return Others
}

// IsFile reports whether the name of an [Object] is a file's: it begins with a
// drive, a share or a device. Keys of the registry and accounts have other
// names.
func IsFile[T string | []byte](name T) bool {
	if len(name) > 2 && name[1] == ':' && name[2] == '\\' {
		return true
	}
	for _, prefix := range [...]string{`\\`, `\Device\`, `\??\`} {
		if len(name) >= len(prefix) && string(name[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}
