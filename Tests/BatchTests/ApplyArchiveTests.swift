import Archives
import PictureSupport
import Raster
import TestSupport
import Testing

@testable import convfilter

/// Shards as WebDataset has them, made and taken apart by the system's `tar`.
@Suite("apply, on tar archives")
struct ApplyArchiveTests {
  private func shell(_ text: String, in folder: ScratchFolder) throws -> CommandResult {
    let bin = CommandRunner.program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    return try RunningCommand(
      "/bin/bash", ["-c", "set -o pipefail; PATH=\(bin):$PATH; " + text], environment: [:],
      folder: folder.path
    ).wait(timeout: 60)
  }

  /// Two shards of three samples each, and the same pictures filtered one by one in `expected`.
  private func shards() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    for shard in 0..<2 {
      for sample in 0..<3 {
        let key = "s\(shard)/\(shard)\(sample)"
        try folder.write(TestPictures.pattern(seed: 10 * shard + sample), to: key + ".png")
        try folder.write(Array("\(sample)".utf8), to: key + ".cls")
        try folder.write(Array("{}\n".utf8), to: key + ".json")
      }
    }
    let made = try shell(
      """
      for s in 0 1; do tar -C s$s --mtime=2001-02-03 -cf 000$s.tar $(cd s$s; ls); done
      for s in 0 1; do convfilter apply -k sharpen -r --quiet s$s expected/; done
      """, in: folder)
    try #require(made.status == .exited(0), "\(made.errors)")
    return folder
  }

  @Test("shards keep members, names, order and times; pictures are filtered")
  func keeps() throws {
    let folder = try shards()
    for threads in [1, 3] {
      let result = try CommandRunner.run(
        [
          "apply", "-k", "sharpen", "-f", "-t", "\(threads)", "0000.tar", "0001.tar", "out/",
        ], folder: folder.path)
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.errors.contains("2 written (6 pictures, 12 other members)"))
      let check = try shell(
        """
        for s in 0 1; do
          diff <(tar tf 000$s.tar) <(tar tf out/000$s.tar) || exit 1
          tar tvf out/000$s.tar | grep -v 2001-02-03 && exit 2
          mkdir -p x$s && tar -C x$s -xf out/000$s.tar
          for f in x$s/*.png; do cmp $f expected/$(basename $f) || exit 3; done
          for f in s$s/*.cls s$s/*.json; do cmp $f x$s/$(basename $f) || exit 4; done
        done
        """, in: folder)
      #expect(check.status == .exited(0), "\(check.text)\(check.errors)")
    }
  }

  @Test("a pipe takes and gives an archive, told by its first bytes")
  func pipe() throws {
    let folder = try shards()
    let result = try shell(
      """
      convfilter apply -k sharpen 0000.tar whole.tar &&
      cat 0000.tar | convfilter apply -k sharpen - - > piped.tar &&
      convfilter apply -k sharpen - - < 0000.tar | cmp - whole.tar && cmp piped.tar whole.tar &&
      cat s0/00.png | convfilter apply -k sharpen - - | cmp - expected/00.png
      """, in: folder)
    #expect(result.status == .exited(0), "\(result.text)\(result.errors)")
  }

  @Test("another format gives pictures other names; --include chooses among the members")
  func renamed() throws {
    let folder = try shards()
    let result = try shell(
      """
      convfilter apply -k sharpen --format jpg --include '00.png' 0000.tar out.tar &&
      tar tf out.tar | tr '\\n' ' '
      """, in: folder)
    #expect(
      result.text
        == "00.cls 00.json 00.jpg 01.cls 01.json 01.png 02.cls 02.json 02.png ", "\(result.errors)")
  }

  @Test("a bad picture is counted, and left out or kept, never the end of the archive")
  func bad() throws {
    let folder = try shards()
    try folder.write([1, 2, 3], to: "s0/01.png")
    _ = try shell("tar -C s0 -cf bad.tar $(cd s0; ls)", in: folder)
    let dropped = try CommandRunner.run(
      ["apply", "-k", "sharpen", "bad.tar", "dropped.tar"], folder: folder.path)
    #expect(dropped.status == .exited(1))
    #expect(dropped.errors.contains("bad.tar: 01.png: error: "))
    #expect(dropped.errors.contains("2 pictures, 6 other members, 1 picture failed"))
    #expect(try shell("tar tf dropped.tar | grep -c png", in: folder).text == "2\n")
    let kept = try CommandRunner.run(
      ["apply", "-k", "sharpen", "--bad-members", "keep", "bad.tar", "kept.tar"],
      folder: folder.path)
    #expect(kept.status == .exited(1))
    #expect(
      try shell("tar xOf kept.tar 01.png | cmp - s0/01.png", in: folder).status == .exited(0))
  }

  @Test("an archive that is cut off is an error with its member, and no file")
  func cut() throws {
    let folder = try shards()
    let whole = try #require(folder.read("0000.tar"))
    try folder.write(Array(whole.prefix(1800)), to: "cut.tar")
    let result = try CommandRunner.run(
      ["apply", "-k", "sharpen", "cut.tar", "0001.tar", "out/"], folder: folder.path)
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("cut.tar: error: is cut off"))
    #expect(folder.read("out/cut.tar") == nil)
    #expect(folder.read("out/0001.tar") != nil)
    try folder.write([UInt8](repeating: 7, count: 3000), to: "none.tar")
    let none = try CommandRunner.run(
      ["apply", "-k", "sharpen", "none.tar", "x.tar"], folder: folder.path)
    #expect(none.errors.contains("none.tar: error: is no tar archive"))
  }

  @Test("an archive does not become a picture, and stays itself in place")
  func places() throws {
    let folder = try shards()
    let wrong = try CommandRunner.run(
      ["apply", "-k", "sharpen", "0000.tar", "x.png"], folder: folder.path)
    #expect(wrong.errors.contains("name a .tar or a folder"))
    let again = try shell(
      """
      convfilter apply -k sharpen 0000.tar out.tar &&
      convfilter apply -k sharpen --in-place 0000.tar && cmp 0000.tar out.tar &&
      convfilter apply -k sharpen --no-clobber 0001.tar out.tar && cmp 0000.tar out.tar
      """, in: folder)
    #expect(again.status == .exited(0), "\(again.errors)")
  }

  @Test("--json says what became of the members")
  func json() throws {
    let folder = try shards()
    let result = try CommandRunner.run(
      ["apply", "-k", "sharpen", "--json", "0000.tar", "x.tar"], folder: folder.path)
    #expect(
      result.text.contains(#""members": {"filtered": 3, "others": 6, "failed": 0}"#),
      "\(result.text)")
  }
}
