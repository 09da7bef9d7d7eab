import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A self-signed certificate for 127.0.0.1 and localhost, which is its own authority. */
export interface Certificate {
  certificateFile: string;
  keyFile: string;
  /** PEM text, for a client's `ca` setting. */
  certificateAuthority: string;
}

/** Makes one in `folder` with openssl, good for two days. */
export const createCertificate = async (folder: string): Promise<Certificate> => {
  const certificateFile = join(folder, "certificate.pem");
  const keyFile = join(folder, "key.pem");
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", keyFile, "-out", certificateFile],
  ]);
  return { certificateFile, keyFile, certificateAuthority: await readFile(certificateFile, "utf8") };
};
