/** The oldest Node that the code is made for; package.json says so, too. */
const OLDEST_MAJOR = 20;

const version = process.versions.node;
if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
  process.stderr.write(
    `lxcfs: Node.js ${version} at ${process.execPath} is too old: install Node.js ${OLDEST_MAJOR} or newer\n`,
  );
  process.exit(1);
}
