//! One request whose sender is known, on its way to the operation it asks for.

use crate::route53::{Answer, ApiError, Asked, Caller, Input, bare_id, read, write};

/// One request whose sender is known.
#[derive(Clone, Copy, Debug)]
pub struct Call<'r> {
    /// The operation and what its path says.
    pub asked: &'r Asked,
    /// The parameters of the query.
    pub query: &'r [(String, String)],
    /// The body.
    pub body: &'r [u8],
    /// Who asks.
    pub caller: &'r Caller,
}

impl Call<'_> {
    /// Refuses what the caller may not; `name_of` tells the name of a zone, with a dot at its end, by its id.
    pub fn permit(&self, name_of: impl FnOnce(&str) -> Option<String>) -> Result<(), ApiError> {
        let zone = self.zone();
        let name = zone.filter(|_| self.caller.rights.zones.is_some()).and_then(name_of);
        let zone = zone.map(|id| (id, name.as_deref()));
        self.caller.rights.judge(&self.caller.who, self.asked.operation, zone)
    }

    /// The zone that path or query name.
    fn zone(&self) -> Option<&str> {
        let route = self.asked.operation.route();
        let member = |name: &str| self.asked.members.iter().find(|(named, _)| *named == name).map(|(_, text)| text);
        let parameter = |name: &str| {
            // Of an operation that takes no such parameter it says nothing, whoever puts it there.
            let is_taken = route.takes(name);
            self.query.iter().find(|(named, _)| is_taken && named == name).map(|(_, text)| text)
        };
        let is_tagged_zone = || member("ResourceType").is_some_and(|kind| kind == "hostedzone");
        let of_kind = match route.path.split('/').next() {
            Some("hostedzone" | "hostedzonelimit") => member("Id"),
            Some("keysigningkey") => member("HostedZoneId"),
            Some("tags") => member("ResourceId").filter(|_| is_tagged_zone()),
            Some("testdnsanswer" | "queryloggingconfig") => parameter("hostedzoneid"),
            Some("trafficpolicyinstances") if route.path.ends_with("/hostedzone") => parameter("id"),
            _ => None,
        };
        of_kind.map(|id| bare_id(id))
    }

    /// Reads the request of an operation, has it carried out, and writes what came of it.
    pub fn run<I: Input>(
        &self,
        operation: impl FnOnce(&Caller, I) -> Result<I::Output, ApiError>,
    ) -> Result<Answer, ApiError> {
        let input = read::<I>(self.asked, self.query, self.body)?;
        write::<I>(&operation(self.caller, input)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route53::{GetHostedZoneCountRequest, GetHostedZoneCountResponse, Operation, Rights, parameters};

    fn caller(rights: Rights) -> Caller {
        Caller { who: "ci".into(), rights, request: "r".into(), at: 0 }
    }

    #[test]
    fn the_zone_of_a_request_is_found_wherever_it_is_named() {
        let about = [
            ("GET", "/2013-04-01/hostedzone/%2Fhostedzone%2FZ1/rrset", Some("Z1")),
            ("POST", "/2013-04-01/hostedzone/Z1/rrsetprotection/delete", Some("Z1")),
            ("GET", "/2013-04-01/hostedzonelimit/Z1/MAX_RRSETS_BY_ZONE", Some("Z1")),
            ("DELETE", "/2013-04-01/keysigningkey/Z1/k", Some("Z1")),
            ("POST", "/2013-04-01/tags/hostedzone/Z1", Some("Z1")),
            ("POST", "/2013-04-01/tags/healthcheck/Z1", None),
            ("GET", "/2013-04-01/testdnsanswer?hostedzoneid=%2Fhostedzone%2FZ1", Some("Z1")),
            ("GET", "/2013-04-01/trafficpolicyinstances/hostedzone?id=Z1", Some("Z1")),
            ("GET", "/2013-04-01/trafficpolicyinstances/trafficpolicy?id=Z1", None),
            ("GET", "/2013-04-01/queryloggingconfig?hostedzoneid=Z1", Some("Z1")),
            ("POST", "/2013-04-01/queryloggingconfig?hostedzoneid=Z1", None),
            ("DELETE", "/2013-04-01/queryloggingconfig/0f?hostedzoneid=Z1", None),
            ("GET", "/2013-04-01/hostedzone", None),
            ("DELETE", "/2013-04-01/healthcheck/Z1", None),
        ];
        for (method, target, zone) in about {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let (asked, query) = (Operation::find(method, path).expect(target), parameters(query));
            let held = Rights { may_write: true, zones: Some(["example.com.".into()].into()) };
            let (all, held) = (caller(Rights::ALL), caller(held));
            let call = Call { asked: &asked, query: &query, body: b"", caller: &held };
            assert_eq!(call.zone(), zone, "{target}");
            assert!(Call { caller: &all, ..call }.permit(|_| unreachable!("no name is needed")).is_ok());
            let mine = |id: &str| (id == "Z1").then(|| "example.com.".to_owned());
            assert_eq!(call.permit(mine).is_ok(), zone.is_some() || asked.operation.only_reads(), "{target}");
            assert_eq!(call.permit(|_| None).is_ok(), zone.is_none() && asked.operation.only_reads(), "{target}");
        }
    }

    #[test]
    fn what_an_operation_gives_is_written() {
        let (asked, caller) =
            (Operation::find("GET", "/2013-04-01/hostedzonecount").expect("a route"), caller(Rights::ALL));
        let call = Call { asked: &asked, query: &[], body: b"", caller: &caller };
        let answer = call.run(|caller, _: GetHostedZoneCountRequest| {
            assert_eq!(&*caller.who, "ci");
            Ok(GetHostedZoneCountResponse { hosted_zone_count: 3 })
        });
        assert!(answer.expect("an answer").body.contains("<HostedZoneCount>3</HostedZoneCount>"));
    }
}
