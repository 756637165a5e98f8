terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}

# The endpoint comes from AWS_ENDPOINT_URL_ROUTE_53, the key from AWS_SHARED_CREDENTIALS_FILE.
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "www" { type = list(string) }
variable "flow" {
  type    = string
  default = "192.0.2.31"
}

resource "aws_route53_delegation_set" "set" { reference_name = "set" }

resource "aws_route53_zone" "main" {
  name = "tf.example"
  tags = { team = "web" }
}

resource "aws_route53_zone" "set" {
  name              = "set.tf.example"
  delegation_set_id = aws_route53_delegation_set.set.id
}

resource "aws_route53_zone" "inside" {
  name = "inside.example"
  vpc { vpc_id = "vpc-0123456789abcdef0" }
}

resource "aws_route53_health_check" "closed" {
  type              = "TCP"
  ip_address        = "127.0.0.1"
  port              = 9
  request_interval  = 10
  failure_threshold = 1
  tags              = { Name = "closed" }
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "www"
  type    = "A"
  ttl     = 60
  records = var.www
}

resource "aws_route53_record" "wild" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "*"
  type    = "TXT"
  ttl     = 60
  records = ["wild"]
}

resource "aws_route53_record" "alias" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "alias"
  type    = "A"
  alias {
    zone_id                = aws_route53_zone.main.zone_id
    name                   = aws_route53_record.www.fqdn
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "pair" {
  for_each        = { PRIMARY = "192.0.2.11", SECONDARY = "192.0.2.12" }
  zone_id         = aws_route53_zone.main.zone_id
  name            = "pair"
  type            = "A"
  ttl             = 5
  records         = [each.value]
  set_identifier  = each.key
  health_check_id = each.key == "PRIMARY" ? aws_route53_health_check.closed.id : null
  failover_routing_policy { type = each.key }
}

resource "aws_route53_cidr_collection" "nets" { name = "nets" }

resource "aws_route53_cidr_location" "office" {
  cidr_collection_id = aws_route53_cidr_collection.nets.id
  name               = "office"
  cidr_blocks        = ["198.51.100.0/24"]
}

resource "aws_route53_record" "near" {
  for_each       = { office = "192.0.2.20", "*" = "192.0.2.21" }
  zone_id        = aws_route53_zone.main.zone_id
  name           = "near"
  type           = "A"
  ttl            = 5
  records        = [each.value]
  set_identifier = each.key == "*" ? "others" : each.key
  cidr_routing_policy {
    collection_id = aws_route53_cidr_collection.nets.id
    location_name = each.key
  }
  depends_on = [aws_route53_cidr_location.office]
}

data "aws_route53_traffic_policy_document" "flow" {
  record_type    = "A"
  start_endpoint = "one"
  endpoint {
    id    = "one"
    type  = "value"
    value = var.flow
  }
}

resource "aws_route53_traffic_policy" "flow" {
  name     = "flow-${replace(var.flow, ".", "-")}"
  document = data.aws_route53_traffic_policy_document.flow.json
  lifecycle { create_before_destroy = true }
}

resource "aws_route53_traffic_policy_instance" "flow" {
  hosted_zone_id         = aws_route53_zone.main.zone_id
  name                   = "flow.tf.example"
  ttl                    = 5
  traffic_policy_id      = aws_route53_traffic_policy.flow.id
  traffic_policy_version = aws_route53_traffic_policy.flow.version
}
