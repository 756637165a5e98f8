// main create | delete: a zone and its record sets with the AWS SDK for Go, as external-dns and cert-manager ask.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func set(name string, kind types.RRType, values ...string) *types.ResourceRecordSet {
	records := []types.ResourceRecord{}
	for _, value := range values {
		records = append(records, types.ResourceRecord{Value: aws.String(value)})
	}
	return &types.ResourceRecordSet{Name: aws.String(name), Type: kind, TTL: aws.Int64(60), ResourceRecords: records}
}

func change(api *route53.Client, zone string, action types.ChangeAction, sets ...*types.ResourceRecordSet) error {
	changes := []types.Change{}
	for _, set := range sets {
		changes = append(changes, types.Change{Action: action, ResourceRecordSet: set})
	}
	changed, err := api.ChangeResourceRecordSets(context.TODO(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(zone), ChangeBatch: &types.ChangeBatch{Changes: changes}})
	if err != nil {
		return err
	}
	waiter := route53.NewResourceRecordSetsChangedWaiter(api, func(o *route53.ResourceRecordSetsChangedWaiterOptions) { o.MinDelay = time.Second })
	return waiter.Wait(context.TODO(), &route53.GetChangeInput{Id: changed.ChangeInfo.Id}, 20*time.Second)
}

func main() {
	ctx := context.TODO()
	// This version of the SDK does not read AWS_ENDPOINT_URL_ROUTE_53; from 1.23 on it does.
	endpoint := aws.EndpointResolverWithOptionsFunc(func(string, string, ...interface{}) (aws.Endpoint, error) {
		return aws.Endpoint{URL: os.Getenv("AWS_ENDPOINT_URL_ROUTE_53"), SigningRegion: "us-east-1"}, nil
	})
	loaded, err := config.LoadDefaultConfig(ctx, config.WithEndpointResolverWithOptions(endpoint))
	must(err)
	api := route53.NewFromConfig(loaded)

	if os.Args[1] == "create" {
		created, err := api.CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
			Name: aws.String("go.example"), CallerReference: aws.String(time.Now().String())})
		must(err)
		zone := *created.HostedZone.Id
		pool := set("pool.go.example", types.RRTypeTxt, "\"a\"")
		pool.SetIdentifier, pool.MultiValueAnswer = aws.String("\"a\""), aws.Bool(true)
		must(change(api, zone, types.ChangeActionUpsert,
			set("www.go.example", types.RRTypeA, "192.0.2.1", "192.0.2.2"), set("*.go.example", types.RRTypeA, "192.0.2.4"), pool))
		err = change(api, zone, types.ChangeActionDelete, set("none.go.example", types.RRTypeA, "192.0.2.1"))
		var refused *types.InvalidChangeBatch
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "but it was not found") {
			must(fmt.Errorf("not refused as it must be: %v", err))
		}
		listed, err := api.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
			HostedZoneId: aws.String(zone), StartRecordName: aws.String("*.go.example"), StartRecordType: types.RRTypeA, MaxItems: aws.Int32(1)})
		must(err)
		if got := *listed.ResourceRecordSets[0].Name; got != "\\052.go.example." {
			must(fmt.Errorf("the first of the page is %s", got))
		}
		return
	}
	zones, err := api.ListHostedZonesByName(ctx, &route53.ListHostedZonesByNameInput{DNSName: aws.String("go.example")})
	must(err)
	zone := *zones.HostedZones[0].Id
	listed, err := api.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(zone), MaxItems: aws.Int32(300)})
	must(err)
	own := []*types.ResourceRecordSet{}
	for i := range listed.ResourceRecordSets {
		if kind := listed.ResourceRecordSets[i].Type; kind != types.RRTypeNs && kind != types.RRTypeSoa {
			own = append(own, &listed.ResourceRecordSets[i])
		}
	}
	must(change(api, zone, types.ChangeActionDelete, own...))
	_, err = api.DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: aws.String(zone)})
	must(err)
}
