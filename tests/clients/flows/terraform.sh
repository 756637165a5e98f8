# Terraform with the provider aws 5.100: docs/clients/terraform.md. TF_PLUGINS is the directory that holds the provider.
. "$CLIENTS/lib.sh"
cp "$CLIENTS/terraform/main.tf" .
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_VAR_www='["192.0.2.1"]'
terraform init -input=false -no-color -plugin-dir="${TF_PLUGINS:-/opt/tf-plugins}"
terraform apply -auto-approve -input=false -no-color
answers www.tf.example A 192.0.2.1
answers any.tf.example TXT '"wild"'
answers pair.tf.example A 192.0.2.12
answers near.tf.example A 192.0.2.20 +subnet=198.51.100.0/24
answers near.tf.example A 192.0.2.21 +subnet=203.0.113.0/24
answers alias.tf.example A 192.0.2.1
answers flow.tf.example A '192.0.2.31'
answers set.tf.example NS 'ns1.waymark.test. ns2.waymark.test.'

# What was made is what is read: no drift.
terraform plan -detailed-exitcode -input=false -no-color
# A change in place.
export TF_VAR_www='["192.0.2.1", "192.0.2.2"]' TF_VAR_flow=192.0.2.32
terraform apply -auto-approve -input=false -no-color
answers www.tf.example A '192.0.2.1 192.0.2.2'
answers flow.tf.example A 192.0.2.32
terraform destroy -auto-approve -input=false -no-color
answers www.tf.example A ''
