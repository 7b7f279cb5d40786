// A wallet without a screen, for tests: it does with IRMA sessions what the citizen's app does.
//
//	wallet STORAGE SCHEMES
//
// Each line on standard input is a command, each line on standard output an event, both in JSON:
//
//	{"pointer": {"u": …, "irmaqr": …}, "answer": "yes" | "no" | "wait", "choices": [0, 1]}
//	{"event": "permission" | "pairing" | "return" | "done" | "cancelled" | "failed", …}
//
// "choices" says which alternative to disclose for each question; those that it does not name, the first that
// the wallet has. The commands come one after another; the wallet keeps what it was issued in STORAGE.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/privacybydesign/gabi/signed"
	irma "github.com/privacybydesign/irmago"
	"github.com/privacybydesign/irmago/irmaclient"
)

const maxLine = 1 << 16 // bytes of one command

type command struct {
	Pointer json.RawMessage `json:"pointer"`
	Answer  string          `json:"answer"`
	Choices []int           `json:"choices"`
}

type event struct {
	Event       string `json:"event"`
	Code        string `json:"code,omitempty"`
	URL         string `json:"url,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Satisfiable bool   `json:"satisfiable,omitempty"`
}

var telling sync.Mutex

func tell(what event) {
	telling.Lock()
	defer telling.Unlock()
	line, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// A signer is only asked for schemes with a keyshare server, which the demo scheme has not.
type signer struct{ key *ecdsa.PrivateKey }

func (s signer) PublicKey(string) ([]byte, error) { return signed.MarshalPublicKey(&s.key.PublicKey) }
func (s signer) Sign(_ string, message []byte) ([]byte, error) {
	return signed.Sign(s.key, message)
}

// What the app is told apart from sessions; nothing of it is of use here.
type app struct{}

func (app) EnrollmentFailure(irma.SchemeManagerIdentifier, error) {}
func (app) EnrollmentSuccess(irma.SchemeManagerIdentifier)        {}
func (app) ChangePinFailure(irma.SchemeManagerIdentifier, error)  {}
func (app) ChangePinSuccess()                                     {}
func (app) ChangePinIncorrect(irma.SchemeManagerIdentifier, int)  {}
func (app) ChangePinBlocked(irma.SchemeManagerIdentifier, int)    {}
func (app) UpdateConfiguration(*irma.IrmaIdentifierSet)           {}
func (app) UpdateAttributes()                                     {}
func (app) Revoked(*irma.CredentialIdentifier)                    {}
func (app) ReportError(err error)                                 { tell(event{Event: "trouble", Reason: err.Error()}) }

// One session: the person before the screen.
type person struct {
	command
	over chan struct{}
}

func (p person) end(what event) {
	tell(what)
	close(p.over)
}

func (p person) Success(string)                              { p.end(event{Event: "done"}) }
func (p person) Cancelled()                                  { p.end(event{Event: "cancelled"}) }
func (p person) Failure(err *irma.SessionError)              { p.end(event{Event: "failed", Reason: err.Error()}) }
func (p person) PairingRequired(code string)                 { tell(event{Event: "pairing", Code: code}) }
func (p person) ClientReturnURLSet(url string)               { tell(event{Event: "return", URL: url}) }
func (p person) StatusUpdate(irma.Action, irma.ClientStatus) {}

func (p person) KeyshareBlocked(irma.SchemeManagerIdentifier, int) { p.end(event{Event: "failed"}) }
func (p person) KeyshareEnrollmentIncomplete(irma.SchemeManagerIdentifier) {
	p.end(event{Event: "failed"})
}
func (p person) KeyshareEnrollmentMissing(irma.SchemeManagerIdentifier) {
	p.end(event{Event: "failed"})
}
func (p person) KeyshareEnrollmentDeleted(irma.SchemeManagerIdentifier) {
	p.end(event{Event: "failed"})
}
func (p person) RequestPin(_ int, answer irmaclient.PinHandler) { answer(false, "") }

func (p person) RequestVerificationPermission(
	_ *irma.DisclosureRequest, satisfiable bool, candidates [][]irmaclient.DisclosureCandidates,
	_ *irma.RequestorInfo, answer irmaclient.PermissionHandler,
) {
	p.asked(satisfiable, candidates, answer)
}

func (p person) RequestIssuancePermission(
	_ *irma.IssuanceRequest, satisfiable bool, candidates [][]irmaclient.DisclosureCandidates,
	_ *irma.RequestorInfo, answer irmaclient.PermissionHandler,
) {
	p.asked(satisfiable, candidates, answer)
}

func (p person) RequestSignaturePermission(
	_ *irma.SignatureRequest, _ bool, _ [][]irmaclient.DisclosureCandidates,
	_ *irma.RequestorInfo, answer irmaclient.PermissionHandler,
) {
	answer(false, nil)
}

func (p person) asked(satisfiable bool, candidates [][]irmaclient.DisclosureCandidates, answer irmaclient.PermissionHandler) {
	tell(event{Event: "permission", Satisfiable: satisfiable})
	if p.Answer == "wait" {
		return // the screen is left as it is; the server ends the session
	}
	choice, ok := p.choose(candidates)
	answer(p.Answer == "yes" && ok, choice)
}

// choose picks an alternative for each question; not ok when one has none that the wallet holds.
func (p person) choose(candidates [][]irmaclient.DisclosureCandidates) (*irma.DisclosureChoice, bool) {
	choice := &irma.DisclosureChoice{}
	for question, alternatives := range candidates {
		chosen := false
		for place, alternative := range alternatives {
			attributes, err := alternative.Choose()
			if err != nil || (question < len(p.Choices) && p.Choices[question] != place) {
				continue
			}
			choice.Attributes = append(choice.Attributes, attributes)
			chosen = true
			break
		}
		if !chosen {
			return nil, false
		}
	}
	return choice, true
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "wallet:", err)
		os.Exit(1)
	}
}

func run(storage, schemes string) error {
	key, err := signed.GenerateKey()
	if err != nil {
		return err
	}
	client, err := irmaclient.New(storage, schemes, app{}, signer{key}, [32]byte{})
	if err != nil {
		return err
	}
	client.SetPreferences(irmaclient.Preferences{DeveloperMode: true}) // plain http, and demo attributes
	tell(event{Event: "ready"})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	for lines.Scan() {
		one := person{over: make(chan struct{})}
		if err := json.Unmarshal(lines.Bytes(), &one.command); err != nil {
			return err
		}
		client.NewSession(string(one.Pointer), one)
		<-one.over
	}
	return client.Close()
}
