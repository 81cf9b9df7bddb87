// Registers a case of ten days ago and accepts it as of three days later: county.json is its only argument.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"time"

	client "cn.bianmin/client"
)

type county struct {
	Base   string            `json:"base"`
	Orgs   map[string]string `json:"orgs"`
	Tokens map[string]string `json:"tokens"`
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var given county
	must(json.Unmarshal(text, &given))
	shanghai := time.FixedZone("Asia/Shanghai", 8*60*60)
	received := time.Now().In(shanghai).AddDate(0, 0, -10)
	wanted := received.AddDate(0, 0, 3).Format(time.DateOnly)

	applicant := client.NewApplicantIn("person", "张小三", "citizen_id", "52999919000101000X")
	registration := client.NewRegistration("MZ-003", given.Orgs["station"], "window", *applicant)
	registration.Materials = []client.MaterialIn{*client.NewMaterialIn(1, "copy")}
	registration.SetReceivedOn(received.Format(time.DateOnly))
	api, station := given.as("station")
	registered, _, err := api.RegisterCase(station).IdempotencyKey(rand.Text()).Registration(*registration).Execute()
	must(err)

	acceptance := client.NewCaseAcceptanceIn()
	acceptance.SetAcceptedOn(wanted)
	api, center := given.as("center")
	accepted, _, err := api.AcceptCase(center, registered.Id).IdempotencyKey(rand.Text()).CaseAcceptanceIn(*acceptance).Execute()
	must(err)
	if accepted.GetAcceptedOn() != wanted {
		must(fmt.Errorf("accepted on %s, not %s", accepted.GetAcceptedOn(), wanted))
	}
	fmt.Println("accepted on the right date")
}

func (given county) as(part string) (*client.IntakeAPIService, context.Context) {
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: given.Base}}
	return client.NewAPIClient(configuration).IntakeAPI, context.WithValue(context.Background(), client.ContextAccessToken, given.Tokens[part])
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
