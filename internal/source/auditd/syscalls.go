package auditd

// The architectures of arch=.
const (
	archX64 = "c000003e"
	archX86 = "40000003"
	archARM = "c00000b7"
)

// calls are the names of the system calls that rules and joined events know,
// by architecture and number, from the kernel's syscall tables.
var calls = map[string]map[string]string{
	archX64: {
		"0": "read", "1": "write", "2": "open", "3": "close", "9": "mmap", "10": "mprotect", "16": "ioctl",
		"41": "socket", "42": "connect", "43": "accept", "44": "sendto", "49": "bind", "50": "listen",
		"56": "clone", "57": "fork", "58": "vfork", "59": "execve", "62": "kill", "76": "truncate",
		"77": "ftruncate", "80": "chdir", "82": "rename", "83": "mkdir", "84": "rmdir", "85": "creat",
		"86": "link", "87": "unlink", "88": "symlink", "90": "chmod", "91": "fchmod", "92": "chown",
		"93": "fchown", "94": "lchown", "99": "sysinfo", "101": "ptrace", "103": "syslog", "105": "setuid",
		"106": "setgid", "113": "setreuid", "114": "setregid", "117": "setresuid", "119": "setresgid",
		"133": "mknod", "135": "personality", "155": "pivot_root", "159": "adjtimex", "161": "chroot",
		"164": "settimeofday", "165": "mount", "166": "umount2", "169": "reboot", "170": "sethostname",
		"171": "setdomainname", "175": "init_module", "176": "delete_module", "188": "setxattr",
		"189": "lsetxattr", "190": "fsetxattr", "197": "removexattr", "198": "lremovexattr",
		"199": "fremovexattr", "227": "clock_settime", "246": "kexec_load", "257": "openat", "258": "mkdirat",
		"259": "mknodat", "260": "fchownat", "263": "unlinkat", "264": "renameat", "265": "linkat",
		"266": "symlinkat", "268": "fchmodat", "272": "unshare", "288": "accept4", "308": "setns",
		"310": "process_vm_readv", "311": "process_vm_writev", "313": "finit_module", "316": "renameat2",
		"319": "memfd_create", "320": "kexec_file_load", "321": "bpf", "322": "execveat", "323": "userfaultfd",
		"425": "io_uring_setup", "435": "clone3", "437": "openat2",
	},
	archX86: {
		"2": "fork", "5": "open", "8": "creat", "9": "link", "10": "unlink", "11": "execve", "14": "mknod",
		"15": "chmod", "21": "mount", "26": "ptrace", "37": "kill", "38": "rename", "39": "mkdir",
		"61": "chroot", "83": "symlink", "88": "reboot", "102": "socketcall", "103": "syslog", "116": "sysinfo",
		"120": "clone", "128": "init_module", "129": "delete_module", "136": "personality", "190": "vfork",
		"295": "openat", "297": "mknodat", "301": "unlinkat", "302": "renameat", "350": "finit_module",
		"356": "memfd_create", "357": "bpf", "358": "execveat", "359": "socket", "361": "bind", "362": "connect",
	},
	archARM: {
		"33": "mknodat", "34": "mkdirat", "35": "unlinkat", "36": "symlinkat", "37": "linkat", "38": "renameat",
		"40": "mount", "51": "chroot", "53": "fchmodat", "54": "fchownat", "56": "openat", "92": "personality",
		"97": "unshare", "105": "init_module", "106": "delete_module", "116": "syslog", "117": "ptrace",
		"129": "kill", "142": "reboot", "179": "sysinfo", "198": "socket", "200": "bind", "203": "connect",
		"220": "clone", "221": "execve", "273": "finit_module", "276": "renameat2", "279": "memfd_create",
		"280": "bpf", "281": "execveat",
	},
}

// callName returns the name of a system call, "" when it is not known.
func callName(arch, number []byte) string { return calls[string(arch)][string(number)] }
