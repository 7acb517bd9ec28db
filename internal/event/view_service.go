package event

import "bytes"

// A ServiceKind is a way in which programs are made to start again.
type ServiceKind uint8

// The kinds of services.
const (
	Daemon       ServiceKind = iota // Windows service or systemd unit
	Task                            // scheduled task
	Subscription                    // WMI filter, consumer or binding
	serviceKinds
)

// A Service is something dormant that starts a program when its time comes.
type Service struct {
	Kind    ServiceKind
	Name    []byte // lower case on Windows; of a task with its folders
	Image   []byte // path or command that it starts, when the event tells; lower case on Windows
	Account []byte // that it runs as, lower case, as written
}

// The parts of a service; a role in the tables is 4 times the kind plus the
// part.
const (
	partService uint8 = iota
	partStarts
	partRunsAs
	partElse     // called a service, but none
	serviceParts = 4
)

// Services returns the services in the event, at most one for each kind.
func (v *Views) Services(e *Event) []Service {
	v.services = v.services[:0]
	if !v.pick(e, serviceView) {
		return v.services
	}
	for kind := range serviceKinds {
		parts := v.slots[uint8(kind)*serviceParts:][:serviceParts]
		name := parts[partService].text
		if name == nil {
			continue
		}
		s := Service{Kind: kind, Name: name}
		if kind == Subscription {
			s.Name = v.lower(serviceView, subscription(name))
		} else if v.last.windows {
			s.Name = v.lower(serviceView, name)
		}
		if image := parts[partStarts].text; image != nil {
			if kind == Subscription {
				image = v.single(image)
			}
			s.Image = v.path(serviceView, image, v.last.windows)
		}
		if as := parts[partRunsAs].text; as != nil {
			s.Account = v.lower(serviceView, as)
		}
		v.services = append(v.services, s)
	}
	return v.services
}

// subscription returns the name of a filter or consumer: Sysmon writes it in
// quotes, and in a binding inside a path, Type.Name=\"name\".
func subscription(text []byte) []byte {
	if _, name, ok := bytes.Cut(text, []byte(`.Name=\"`)); ok {
		text, _, _ = bytes.Cut(name, []byte(`\"`))
	}
	if bare := bytes.Trim(text, `"`); len(bare) > 0 {
		return bare
	}
	return text
}

// single turns the doubled backslashes of a subscription's command into single
// ones.
func (v *Views) single(text []byte) []byte {
	if !bytes.Contains(text, []byte(`:\\`)) {
		return text
	}
	buf := v.scratch[serviceView]
	start := len(buf)
	for i := 0; i < len(text); i++ {
		buf = append(buf, text[i])
		if text[i] == '\\' && i+1 < len(text) && text[i+1] == '\\' {
			i++
		}
	}
	v.scratch[serviceView] = buf
	return buf[start:len(buf):len(buf)]
}
