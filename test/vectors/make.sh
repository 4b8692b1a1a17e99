#!/usr/bin/env bash
# Makes the vectors of playback tokens and fingerprints anew, with openssl, coreutils and nothing of this project.
# ECDSA draws a random number for each signature, so every run makes other tokens; the keys stay when they are there.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

base64url() { basenc --base64url --wrap=0 | tr -d '='; }

make_key() { # name
  [ -e "test-keys/$1.private.pem" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "test-keys/$1.private.pem"
  openssl pkey -in "test-keys/$1.private.pem" -pubout -out "test-keys/$1.public.pem"
}

fingerprint() { # name
  openssl pkey -pubin -in "test-keys/$1.public.pem" -outform DER | openssl md5 -c | sed 's/.*= //'
}

signing_input() { # header, claims file
  printf '%s.%s' "$(printf '%s' "$1" | base64url)" "$(base64url < "$2")"
}

sign_der() { # digest, key, reads what is to be signed
  openssl dgst "-$1" -sign "test-keys/$2.private.pem"
}

# RFC 7518 section 3.4: r and s as 48 bytes each, where OpenSSL writes a DER sequence of two integers.
der_to_raw() {
  openssl asn1parse -inform DER | sed -n 's/.*INTEGER *:\([0-9A-F]*\)/\1/p' |
    while read -r number; do printf '%96s' "$number" | tr ' ' '0'; done | basenc --base16 --decode
}

es384='{"alg":"ES384","typ":"JWT"}'

token() { # claims file, key
  printf '%s.%s' "$(signing_input "$es384" "$1")" "$(signing_input "$es384" "$1" | sign_der sha384 "$2" | der_to_raw | base64url)"
}

make_key first
make_key other
{
  printf 'first %s\n' "$(fingerprint first)"
  printf 'other %s\n' "$(fingerprint other)"
} > fingerprints.txt

for claims in claims/*.txt; do
  printf '%s %s\n' "$(basename "$claims" .txt)" "$(token "$claims" first)"
done > tokens.txt

good=$(token claims/whole.txt first)
signature=${good##*.}
raw() { printf '%s==' "$signature" | tr -d '=' | basenc --base64url --decode; }
{
  printf 'claims-of-another-token %s.%s\n' "$(signing_input "$es384" claims/least.txt)" "$signature"
  printf 'signature-of-another-key %s\n' "$(token claims/whole.txt other)"
  printf 'signature-as-der %s.%s\n' "$(signing_input "$es384" claims/whole.txt)" "$(signing_input "$es384" claims/whole.txt | sign_der sha384 first | base64url)"
  printf 'signature-over-sha-256 %s.%s\n' "$(signing_input "$es384" claims/whole.txt)" "$(signing_input "$es384" claims/whole.txt | sign_der sha256 first | der_to_raw | base64url)"
  printf 'halves-of-the-signature-swapped %s.%s\n' "${good%.*}" "$({ raw | tail -c 48; raw | head -c 48; } | base64url)"
  printf 'signature-of-zeros %s.%s\n' "${good%.*}" "$(head -c 96 /dev/zero | base64url)"
  printf 'signature-a-byte-short %s.%s\n' "${good%.*}" "$(raw | head -c 95 | base64url)"
  printf 'signature-a-byte-long %s.%s\n' "${good%.*}" "$({ raw; printf '\0'; } | base64url)"
  printf 'another-header %s.%s\n' "$(signing_input '{"typ":"JWT","alg":"ES384"}' claims/whole.txt)" "$signature"
} > tampered.txt
