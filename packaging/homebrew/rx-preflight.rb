class RxPreflight < Formula
  desc "Check the Microsoft 365 connection of ResourceXpress"
  homepage "@REPOSITORY@"
  url "@DOWNLOADS@/@SOURCE@"
  sha256 "@SHA256:SOURCE@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    generate_completions_from_executable(bin/"rx-preflight", "completions")
    (man1/"rx-preflight.1").write Utils.safe_popen_read(bin/"rx-preflight", "man")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/rx-preflight --version")
    assert_match "Not ready", shell_output("#{bin}/rx-preflight demo", 1)
  end
end
