//! Key-signing keys as the API names them: a KMS ARN stands for a pair in `STATE/keys`, one file for each ARN, so that two
//! zones that name one ARN share one key, as at KMS (S-1).

/// The key's name in `arn:aws:kms:us-east-1:123456789012:key/ID` as a file's; `None` where that is no ARN of a key (S-1).
pub(super) fn file_of(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else { return None };
    let id = resource.strip_prefix("key/")?;
    let is_word = |text: &str| {
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let is_arn = is_word(partition) && region == "us-east-1" && account.len() == 12 && is_word(account) && is_word(id);
    is_arn.then(|| format!("{account}-{id}.p8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_arns_name_files() {
        let arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(file_of(arn).as_deref(), Some("123456789012-1234abcd-12ab-34cd-56ef-1234567890ab.p8"));
        for bad in [
            "",
            "key/x",
            "arn:aws:kms:eu-west-1:123456789012:key/x",
            "arn:aws:kms:us-east-1:123456789012:alias/x",
            "arn:aws:kms:us-east-1:123456789012:key/../x",
            "arn:aws:kms:us-east-1:1:key/x",
            "arn:aws:s3:us-east-1:123456789012:key/x",
            "arn:aws:kms:us-east-1:123456789012:key/x:y",
        ] {
            assert_eq!(file_of(bad), None, "{bad}");
        }
    }
}
