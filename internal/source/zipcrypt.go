package source

import (
	"archive/zip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Triage collectors lock their packages with a password; both ways that zip
// has are read here. Every password is proven before anything is yielded: by
// the checksum of the content in the old way, by the authentication code in
// the newer one.

var errLocked = errors.New("encrypted: no password given for it")

// unlock opens an encrypted member with the first password that fits.
func (u *unpacker) unlock(f *zip.File) (io.ReadCloser, error) {
	err := errLocked
	for _, p := range u.opt.Passwords {
		var r io.ReadCloser
		if f.Method == zipAES {
			r, err = u.openAES(f, p)
		} else {
			r, err = u.openZipCrypto(f, p)
		}
		if !errors.Is(err, errPassword) {
			return r, err
		}
	}
	return nil, err
}

var errPassword = errors.New("encrypted: none of the passwords fits")

// zipMethod undoes a compression method.
func zipMethod(method uint16, r io.Reader) (io.ReadCloser, error) {
	if method == zip.Store {
		return io.NopCloser(r), nil
	}
	if d := zipMethods()[method]; d != nil {
		return d(r), nil
	}
	return nil, fmt.Errorf("compression method %d: not supported", method)
}

// An aesMember is what WinZip's extra field and the member's data say.
type aesMember struct {
	method uint16 // of compression
	key    int    // bytes
	salt   []byte
	check  []byte // two bytes that tell most wrong passwords
	body   int64  // bytes of cipher text
}

const (
	aesExtra  = 0x9901
	aesMAC    = 10
	aesRounds = 1000
)

// aesFacts reads a member's extra field.
func aesFacts(f *zip.File) (a aesMember, err error) {
	for x := f.Extra; len(x) >= 4; {
		id, size := binary.LittleEndian.Uint16(x), int(binary.LittleEndian.Uint16(x[2:]))
		if x = x[4:]; size > len(x) {
			break
		}
		if id == aesExtra && size >= 7 && x[4] >= 1 && x[4] <= 3 {
			a.key = 8 + 8*int(x[4])
			a.method = binary.LittleEndian.Uint16(x[5:])
			a.body = int64(min(f.CompressedSize64, 1<<62)) - int64(a.key/2+2+aesMAC)
		}
		x = x[size:]
	}
	if a.key == 0 || a.body < 0 {
		return a, errors.New("encrypted in an unknown way")
	}
	return a, nil
}

func (u *unpacker) openAES(f *zip.File, password string) (io.ReadCloser, error) {
	a, err := aesFacts(f)
	if err != nil {
		return nil, err
	}
	raw, err := a.start(f)
	if err != nil {
		return nil, err
	}
	keys, err := pbkdf2.Key(sha1.New, password, a.salt, aesRounds, 2*a.key+2)
	if err != nil {
		return nil, err
	}
	if string(keys[2*a.key:]) != string(a.check) {
		return nil, errPassword
	}
	mac := hmac.New(sha1.New, keys[a.key:2*a.key])
	if _, err := io.Copy(mac, u.attentive(io.LimitReader(raw, a.body))); err != nil {
		return nil, err
	}
	want := make([]byte, aesMAC)
	if _, err := io.ReadFull(raw, want); err != nil {
		return nil, err
	}
	if !hmac.Equal(mac.Sum(nil)[:aesMAC], want) {
		return nil, fmt.Errorf("%w, or it is damaged", errPassword)
	}
	if raw, err = a.start(f); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(keys[:a.key])
	if err != nil {
		return nil, err
	}
	return zipMethod(a.method, &aesReader{r: io.LimitReader(raw, a.body), block: block, at: aes.BlockSize})
}

// start opens the member's data and takes salt and check from its front.
func (a *aesMember) start(f *zip.File) (io.Reader, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	front := make([]byte, a.key/2+2)
	if _, err := io.ReadFull(raw, front); err != nil {
		return nil, err
	}
	a.salt, a.check = front[:a.key/2], front[a.key/2:]
	return raw, nil
}

// An aesReader decrypts in counter mode. The counter is little-endian and
// begins with 1, unlike that of crypto/cipher.
type aesReader struct {
	r       io.Reader
	block   cipher.Block
	counter uint64
	pad     [aes.BlockSize]byte
	at      int // in pad
}

func (a *aesReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	for i := range p[:n] {
		if a.at == aes.BlockSize {
			a.counter++
			var in [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(in[:], a.counter)
			a.block.Encrypt(a.pad[:], in[:])
			a.at = 0
		}
		p[i] ^= a.pad[a.at]
		a.at++
	}
	return n, err
}

// zipCryptoHead is the length of the random bytes before the data.
const zipCryptoHead = 12

func (u *unpacker) openZipCrypto(f *zip.File, password string) (io.ReadCloser, error) {
	r, err := startZipCrypto(f, password)
	if err != nil {
		return nil, err
	}
	sum := crc32.NewIEEE()
	_, err = io.Copy(sum, u.limited(r))
	r.Close()
	switch {
	case u.fatal(err):
		return nil, err
	case err != nil || sum.Sum32() != f.CRC32: // a wrong password gives noise
		return nil, errPassword
	}
	return startZipCrypto(f, password)
}

func startZipCrypto(f *zip.File, password string) (io.ReadCloser, error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	z := newZipCrypto(raw, password)
	var front [zipCryptoHead]byte
	if _, err := io.ReadFull(z, front[:]); err != nil {
		return nil, err
	}
	// The last byte is the high one of the checksum, or of the time when the
	// checksum was not known yet.
	byTime := f.Flags&zipStreamed != 0 && front[zipCryptoHead-1] == byte(f.ModifiedTime>>8)
	if front[zipCryptoHead-1] != byte(f.CRC32>>24) && !byTime {
		return nil, errPassword
	}
	return zipMethod(f.Method, z)
}

// A zipCrypto is PKWARE's traditional stream cipher (APPNOTE 6.1).
type zipCrypto struct {
	r io.Reader
	k [3]uint32
}

func newZipCrypto(r io.Reader, password string) *zipCrypto {
	z := &zipCrypto{r, [3]uint32{0x12345678, 0x23456789, 0x34567890}}
	for i := range len(password) {
		z.update(password[i])
	}
	return z
}

func crcStep(crc uint32, b byte) uint32 { return crc32.IEEETable[byte(crc)^b] ^ crc>>8 }

func (z *zipCrypto) update(b byte) {
	z.k[0] = crcStep(z.k[0], b)
	z.k[1] = (z.k[1]+z.k[0]&0xff)*134775813 + 1
	z.k[2] = crcStep(z.k[2], byte(z.k[1]>>24))
}

func (z *zipCrypto) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	for i := range p[:n] {
		t := (z.k[2] | 2) & 0xffff
		p[i] ^= byte(t * (t ^ 1) >> 8)
		z.update(p[i])
	}
	return n, err
}
