"""What a bundle says of itself to whoever opens it without knowing the harness."""

from harness.evidence import seal

README = rf"""This is the evidence of one test of filtering software, as it was sealed when the test had ended, with the
results that follow from it.

  spec.json              all that was decided before the test: product, cases, criteria, rules
  plan.jsonl             the cases, one a line, with what was expected of the product
  journal/               what was seen, one record a line; each holds the SHA-256 of the line before
  blobs/                 pages and pictures that were seen, each named by the SHA-256 of its bytes
  seal.json              the SHA-256 of all these files
  seal.sig.json          the laboratory's signature on seal.json, a DSSE envelope, if the run was signed
  seal.pub               the public key that belongs to the signature
  addenda/               what people added after the seal, and what the laboratory states; sealed and signed likewise
  result.json, junit.xml, derived/    verdicts, rates and decisions, computed from all this
  report.html            the same for people
  report.pdf             a print of it, which is not computed anew
  attestation.dsse.json  the decision as a signed in-toto attestation

Not every run has all of them.


To check it with the harness, on any machine, without a network:

  harness verify THIS.zip --key LABORATORY.pub

This checks every digest and signature, and computes every verdict, rate and decision, the results and the report anew.
LABORATORY.pub is the laboratory's public key, got from the laboratory itself. A key that came with the bundle shows
only that whoever held its other half signed; it does not show who that was.


To check it without the harness, unpack it and run these lines in sh, in the folder with seal.json. They need coreutils
and OpenSSL 3. Every file that the seal names, against its SHA-256:

    sed -n -e 's/^  "spec": "\(.*\)",$/\1  spec.json/p' -e 's/^  "plan": "\(.*\)",$/\1  plan.jsonl/p' \
      -e 's/^    "\(.*\.jsonl\)": "\(.*\)",*$/\2  journal\/\1/p' \
      -e 's/^    "\(..\)\([0-9a-f]\{{62\}}\)",*$/\1\2  blobs\/\1\/\1\2/p' seal.json \
      | sha256sum --check --quiet

The Ed25519 signature on the seal:

    work=$(mktemp -d)
    sed -n 's/^  "payload": "\(.*\)",$/\1/p' seal.sig.json | openssl base64 -d -A > "$work/payload"
    cmp "$work/payload" seal.json
    sed -n 's/^      "sig": "\(.*\)"$/\1/p' seal.sig.json | openssl base64 -d -A > "$work/sig"
    printf 'DSSEv1 {len(seal.PAYLOAD_TYPE)} {seal.PAYLOAD_TYPE} %d ' "$(wc -c < seal.json)" > "$work/signed"
    cat seal.json >> "$work/signed"
    openssl pkeyutl -verify -pubin -inkey seal.pub -rawin -in "$work/signed" -sigfile "$work/sig"
"""
