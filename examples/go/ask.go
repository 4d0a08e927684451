// Asks for a verdict, with Go's standard library alone: go run ask.go FOLDER API FINGERPRINT
//
// FOLDER is what `countersign site cert --out` wrote; API is the address of `api`, as in https://localhost:8443.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type answer struct {
	Verdict  string `json:"verdict"`
	Subject  string `json:"subject"`
	Reason   string `json:"reason"`
	Redirect string `json:"redirect"`
	// of a problem, in place of a verdict
	Detail string `json:"detail"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 4 {
		log.Fatal("ask.go FOLDER API FINGERPRINT")
	}
	folder, api, fingerprint := os.Args[1], os.Args[2], os.Args[3]
	service, err := connect(folder) // keep it for the next question
	if err != nil {
		log.Fatal(err)
	}
	verdict, err := ask(service, api, fingerprint)
	if err != nil {
		log.Fatalf("no verdict, nobody is signed in: %v", err)
	}
	switch verdict.Verdict {
	case "valid":
		fmt.Println("valid", verdict.Subject)
	case "needs-revalidation":
		fmt.Println("needs-revalidation", verdict.Redirect)
	case "revoked", "missing":
		fmt.Println(verdict.Verdict, verdict.Reason)
	default:
		log.Fatalf("an unknown verdict, nobody is signed in: %s", verdict.Verdict)
	}
}

func connect(folder string) (*http.Client, error) {
	own, err := tls.LoadX509KeyPair(folder+"/cert.pem", folder+"/key.pem")
	if err != nil {
		return nil, err
	}
	root, err := os.ReadFile(folder + "/root.pem")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		return nil, fmt.Errorf("%s/root.pem is no certificate", folder)
	}
	security := &tls.Config{Certificates: []tls.Certificate{own}, RootCAs: roots, MinVersion: tls.VersionTLS13}
	return &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{TLSClientConfig: security}}, nil
}

func ask(service *http.Client, api, fingerprint string) (*answer, error) {
	response, err := service.Get(api + "/v1/verdicts/" + fingerprint)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var given answer
	if err := json.NewDecoder(response.Body).Decode(&given); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s", given.Detail)
	}
	return &given, nil
}
