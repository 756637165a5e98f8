# Ansible's amazon.aws: docs/clients/ansible.md.
. "$CLIENTS/lib.sh"
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=1 ANSIBLE_HOME=$PWD/ansible
play() {
  "$INSTALLED/ansible/bin/ansible-playbook" -i localhost, -c local -e "ansible_python_interpreter=$INSTALLED/ansible/bin/python" \
    -e "endpoint=$AWS_ENDPOINT_URL_ROUTE_53" "$CLIENTS/ansible/$1.yaml" | tee "$1.log"
}
backend 8081
play make
answers www.ansible.example A '192.0.2.1 192.0.2.2'
answers shop.ansible.example A 192.0.2.10
answers text.ansible.example TXT '"two words"'
# The same again changes nothing.
play make
grep -q 'changed=0 ' make.log || fail 'a second run changes something'
kill "$backend"
WAIT=40 answers shop.ansible.example A 192.0.2.11
play remove
answers www.ansible.example A ''
