//! `flow create | delete`: a zone and its record sets with the AWS SDK for Rust.

use aws_config::BehaviorVersion;
use aws_sdk_route53::Client;
use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};

type Failure = Box<dyn std::error::Error>;

fn set(name: &str, kind: RrType, values: &[&str]) -> ResourceRecordSet {
    let records = values.iter().map(|value| ResourceRecord::builder().value(*value).build().expect("has a value"));
    let set =
        ResourceRecordSet::builder().name(name).r#type(kind).ttl(60).set_resource_records(Some(records.collect()));
    set.build().expect("has a name and a type")
}

async fn change(api: &Client, zone: &str, action: ChangeAction, sets: Vec<ResourceRecordSet>) -> Result<(), String> {
    let changes = sets
        .into_iter()
        .map(|set| Change::builder().action(action.clone()).resource_record_set(set).build().expect("is whole"));
    let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).build().expect("has changes");
    let sent = api.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await;
    sent.map(|_| ()).map_err(|error| match error {
        SdkError::ServiceError(refused) => {
            let refused = refused.into_err();
            format!("{}: {}", refused.code().unwrap_or_default(), refused.message().unwrap_or_default())
        }
        other => format!("{other:?}"),
    })
}

async fn zone(api: &Client) -> Result<String, Failure> {
    let zones = api.list_hosted_zones_by_name().dns_name("rust.example").send().await?;
    Ok(zones.hosted_zones().first().ok_or("there is no zone")?.id().trim_start_matches("/hostedzone/").to_owned())
}

async fn create(api: &Client) -> Result<(), Failure> {
    let created =
        api.create_hosted_zone().name("rust.example").caller_reference(format!("{:?}", std::time::SystemTime::now()));
    let created = created.send().await?;
    assert_eq!(created.hosted_zone().and_then(|zone| zone.resource_record_set_count()), Some(2));
    let id = zone(api).await?;
    let www = set("www.rust.example", RrType::A, &["192.0.2.1", "192.0.2.2"]);
    let text = set("text.rust.example", RrType::Txt, &["\"<a> & b\""]);
    change(api, &id, ChangeAction::Create, vec![www.clone(), text]).await?;
    let refused = change(api, &id, ChangeAction::Create, vec![www]).await.expect_err("it is there already");
    assert!(refused.starts_with("InvalidChangeBatch: ") && refused.contains("already exists"), "{refused}");
    let gone = api.get_hosted_zone().id("Z00000000000000").send().await.expect_err("there is none");
    assert!(gone.into_service_error().is_no_such_hosted_zone());
    Ok(())
}

async fn delete(api: &Client) -> Result<(), Failure> {
    let id = zone(api).await?;
    let listed = api.list_resource_record_sets().hosted_zone_id(&id).send().await?;
    let own = listed.resource_record_sets().iter().filter(|set| !matches!(set.r#type(), RrType::Ns | RrType::Soa));
    change(api, &id, ChangeAction::Delete, own.cloned().collect()).await?;
    api.delete_hosted_zone().id(&id).send().await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let api = Client::new(&config);
    match std::env::args().nth(1).as_deref() {
        Some("create") => create(&api).await,
        Some("delete") => delete(&api).await,
        _ => Err("create or delete?".into()),
    }
}
