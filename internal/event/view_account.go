package event

import "bytes"

// An AccountRole says what an account has to do with an event.
type AccountRole uint8

// The roles of accounts.
const (
	Subject  AccountRole = iota // did it
	Target                      // it was done to, or was logged on
	Outbound                    // credentials used on the network from now on
	Member                      // put into or taken out of a group, the Target
	Login                       // logged in on Linux, whatever user the Subject is by now
	accountRoles
)

// An Account is a user, computer, group or cloud identity in one role of an
// event. Parts that the log does not give are empty.
type Account struct {
	Role   AccountRole
	Domain []byte // lower case: NetBIOS or DNS domain, realm, or number of a cloud account
	Name   []byte // lower case, without domain
	ID     []byte // SID (upper case), number on Linux, or ARN, as the log writes it
	Logon  uint64 // logon session on the machine, 0 when unknown
}

// Computer reports whether the account is a computer's.
func (a *Account) Computer() bool {
	return len(a.Name) > 1 && a.Name[len(a.Name)-1] == '$'
}

// BuiltIn reports whether the account belongs to the system itself: local
// system, local and network service, virtual accounts of services, pools,
// window and font managers. Such an account is nobody's and links nothing.
func (a *Account) BuiltIn() bool {
	switch string(a.ID) {
	case "S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-7":
		return true
	}
	for _, prefix := range [...]string{"S-1-5-80-", "S-1-5-82-", "S-1-5-90-", "S-1-5-96-"} {
		if len(a.ID) > len(prefix) && string(a.ID[:len(prefix)]) == prefix {
			return true
		}
	}
	switch string(a.Domain) {
	case "nt authority", "nt service", "window manager", "font driver host", "iis apppool":
		return true
	}
	return false
}

// The parts of an account; a role in the tables is 8 times the AccountRole
// plus the part.
const (
	partName uint8 = iota
	partDomain
	partID
	partLogon
	partARN
	partKerberos // name/realm
	partEither   // a GUID, a number or a name: logs use one field for all
	accountParts = 8
)

// Accounts returns the accounts of the event, at most one for each role.
func (v *Views) Accounts(e *Event) []Account {
	v.accounts = v.accounts[:0]
	if !v.pick(e, accountView) {
		return v.accounts
	}
	for role := range accountRoles {
		a := v.account(v.slots[uint8(role)*accountParts:][:accountParts])
		if a.Name != nil || a.ID != nil {
			a.Role = role
			v.accounts = append(v.accounts, a)
		}
	}
	return v.accounts
}

func (v *Views) account(parts []slot) Account {
	a := Account{ID: accountID(parts[partID].text), Logon: number(parts[partLogon].text)}
	name, domain := parts[partName].text, parts[partDomain].text
	if either := parts[partEither].text; either != nil {
		switch id := v.numberOrGUID(either); {
		case id != nil && a.ID == nil:
			a.ID = accountID(id)
		case id == nil && name == nil:
			name = either
		}
	}
	switch {
	case name != nil:
		name, domain = split(name, domain)
	case parts[partKerberos].text != nil:
		name, domain, _ = bytes.Cut(parts[partKerberos].text, []byte("/"))
	}
	if arn := parts[partARN].text; arn != nil {
		a.ID = arn
		account, resource := splitARN(arn)
		if name == nil {
			name = resource
		}
		if domain == nil {
			domain = account
		}
	}
	if name = present(name); name == nil {
		return a
	}
	a.Name = v.lower(accountView, name)
	if domain = present(domain); domain != nil {
		a.Domain = v.lower(accountView, domain)
	}
	return a
}

// numberOrGUID returns an id that is no name, or nil.
func (v *Views) numberOrGUID(text []byte) []byte {
	if len(bytes.Trim(text, "0123456789")) == 0 {
		return text
	}
	return v.guid(accountView, text)
}

// split takes DOMAIN\name and name@domain apart; a domain of its own counts
// more than the one behind an @.
func split(name, domain []byte) (n, d []byte) {
	if i := bytes.IndexByte(name, '\\'); i >= 0 {
		return name[i+1:], name[:i]
	}
	if i := bytes.LastIndexByte(name, '@'); i > 0 {
		if domain == nil {
			domain = name[i+1:]
		}
		return name[:i], domain
	}
	return name, domain
}

// splitARN returns the account number and the name in an Amazon resource name,
// such as arn:aws:sts::123456789012:assumed-role/admin/ann.
func splitARN(arn []byte) (account, name []byte) {
	rest := arn
	for range 4 {
		_, after, ok := bytes.Cut(rest, []byte(":"))
		if !ok {
			return nil, nil
		}
		rest = after
	}
	account, name, _ = bytes.Cut(rest, []byte(":"))
	if _, after, ok := bytes.Cut(name, []byte("/")); ok {
		name = after
	}
	return present(account), present(name)
}

// accountID drops ids that stand for nobody: the null SID and the unset login
// uid of Linux.
func accountID(id []byte) []byte {
	switch string(id) {
	case "S-1-0-0", "NULL SID", "4294967295", "-1", "unset":
		return nil
	}
	return id
}
