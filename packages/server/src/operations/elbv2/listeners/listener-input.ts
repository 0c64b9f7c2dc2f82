import type { CreateListenerInput, ModifyListenerInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import type { BalancerPlace } from "../../../balancing/local-balancing.ts";
import { certificateName } from "../../../balancing/plan-balancer.ts";
import type { Listener } from "../../../store/elb/listeners.ts";
import type { LoadBalancer } from "../../../store/elb/load-balancers.ts";
import { checkMembers, invalid, refused, requireOneOf, requireOnly, requireWithin } from "../checks/members.ts";
import { TLS_POLICY } from "../views/listener-view.ts";

type ListenerInput = Pick<
  CreateListenerInput & ModifyListenerInput,
  "Protocol" | "Port" | "SslPolicy" | "Certificates" | "AlpnPolicy" | "MutualAuthentication"
>;

/** What a listener listens as: its protocol, port and certificate, as they are with what the input says otherwise. */
export function readListenerFront(
  input: ListenerInput,
  now: Partial<Pick<Listener, "protocol" | "port" | "certificate">>,
  { type }: Pick<LoadBalancer, "type">,
  place: BalancerPlace,
): Pick<Listener, "protocol" | "port" | "certificate"> {
  const asked = input.Protocol ?? now.protocol;
  if (asked === undefined) throw invalid("A listener protocol must be specified");
  const port = input.Port ?? now.port;
  if (port === undefined) throw invalid("A listener port must be specified");
  if (asked === "TLS" || asked === "UDP" || asked === "TCP_UDP") {
    throw new CallerFault("UnsupportedProtocol", `Protocol '${asked}' is not supported here: use TCP, HTTP or HTTPS.`);
  }
  const protocol = requireOneOf(asked, "Protocol", type === "network" ? ["TCP"] : ["HTTP", "HTTPS"]);
  if (input.AlpnPolicy !== undefined)
    throw invalid("AlpnPolicy is not supported: it is for listeners of protocol TLS.");
  requireOnly(
    input.MutualAuthentication?.Mode,
    "off",
    "MutualAuthentication.Mode",
    "clients are not asked for certificates",
  );
  return {
    protocol,
    port: requireWithin(port, "Port", 1, MAX_PORT),
    certificate: readCertificate(input, protocol, now, place),
  };
}

function readCertificate(
  { Certificates, SslPolicy }: ListenerInput,
  protocol: Listener["protocol"],
  now: Partial<Pick<Listener, "certificate">>,
  { certificates }: BalancerPlace,
): string | null {
  const [given, ...others] = Certificates ?? [];
  if (protocol !== "HTTPS") {
    if (given) throw invalid(`Certificates is for protocol HTTPS, and the listener's is ${protocol}.`);
    if (SslPolicy !== undefined) throw invalid(`SslPolicy is for protocol HTTPS, and the listener's is ${protocol}.`);
    return null;
  }
  requireOnly(SslPolicy, TLS_POLICY, "SslPolicy", "the balancer speaks TLS 1.2 and 1.3");
  if (others.length > 0) throw new CallerFault("TooManyCertificates", "A listener has one certificate here: give one.");
  if (given) {
    checkMembers(
      given,
      { CertificateArn: "read", IsDefault: refused("cannot be set: there is one certificate.") },
      "Certificates.member.1.",
    );
  }
  const certificate = given?.CertificateArn ?? now.certificate;
  if (!certificate) throw new CallerFault("CertificateNotFound", "A certificate must be specified for HTTPS listeners");
  if (!certificates.includes(certificateName(certificate))) {
    const known = certificates.length === 0 ? "there are none" : `there are ${certificates.join(", ")}`;
    throw new CallerFault(
      "CertificateNotFound",
      `Certificate '${certificate.slice(0, 200)}' not found: CertificateArn is a name of the certificates in settings of the binding of driver haproxy in sluice.yml, or an ARN that ends in one; ${known}.`,
    );
  }
  return certificate;
}
