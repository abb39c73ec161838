import Libc
import PictureSupport
import TestSupport
import Testing

@testable import convfilter

/// The lines of `docs/many-machines.md`, run as they stand there.
@Suite("docs/many-machines.md")
struct ManyMachinesTests {
  /// A fenced block of the page.
  struct Block {
    let language: String
    let text: String
  }

  private static func blocks() throws -> [Block] {
    let page = try #require(ScratchFolder.contents(TestData.package + "/docs/many-machines.md"))
    let lines = String(decoding: page, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var blocks: [Block] = []
    var open: (language: String, lines: [Substring])?
    for line in lines {
      if line.hasPrefix("```") {
        if let (language, lines) = open {
          blocks.append(Block(language: language, text: lines.joined(separator: "\n") + "\n"))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), [])
        }
      } else {
        open?.lines.append(line)
      }
    }
    return blocks
  }

  private static func block(with text: String) throws -> String {
    try #require(try blocks().first { $0.text.contains(text) }?.text, "no block with \(text)")
  }

  /// Where the lines run: 12 pictures in `photos`, and what one machine makes of them in `whole`.
  private func place() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    for index in 0..<12 {
      try folder.write(TestPictures.pattern(seed: index), to: "photos/\(index % 3)/\(index).png")
    }
    _ = try CommandRunner.run(
      ["apply", "-k", "sharpen", "-r", "photos", "whole"], folder: folder.path)
    return folder
  }

  private func shell(
    _ text: String, in folder: ScratchFolder, _ environment: [String: String] = [:]
  ) throws -> CommandResult {
    let bin = CommandRunner.program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    let path = String(cString: getenv("PATH"))
    return try RunningCommand(
      "/bin/bash", ["-c", text],
      environment: environment.merging(["PATH": bin + ":" + path]) { $1 }, folder: folder.path
    ).wait(timeout: 60)
  }

  private func has(_ program: String) throws -> Bool {
    let found = try shell("command -v \(program)", in: try ScratchFolder()).status == .exited(0)
    if !found { print("no \(program): its lines of docs/many-machines.md are not run") }
    return found
  }

  private func isWhole(_ folder: ScratchFolder) -> Bool {
    (0..<12).allSatisfy { index in
      let name = "\(index % 3)/\(index).png"
      return folder.read("sharp/" + name) == folder.read("whole/" + name)
    }
  }

  @Test("xargs and GNU parallel make every result, and the logs add up")
  func local() throws {
    let folder = try place()
    let first = try shell(Self.block(with: "xargs -P 4"), in: folder)
    #expect(first.status == .exited(0), "\(first.errors)")
    #expect(isWhole(folder))
    // Another program of that name has other options.
    guard try has("parallel"), try shell("parallel --version", in: folder).text.contains("GNU")
    else { return }
    _ = try shell("rm -r sharp", in: folder)
    let second = try shell(Self.block(with: "| parallel"), in: folder, ["HOME": folder.path])
    #expect(second.status == .exited(0), "\(second.errors)")
    #expect(isWhole(folder))
    guard try has("jq") else { return }
    let table = try shell(
      Self.block(with: "shards: length").replacing("jq -s", with: "jq -cs"), in: folder)
    #expect(table.text == "{\"shards\":4,\"written\":12,\"failed\":0}\n")
    try folder.write([1, 2, 3], to: "photos/broken.png")
    let broken = try shell(
      "rm -r sharp log-*; " + Self.block(with: "| parallel") + Self.block(with: "select(.status"),
      in: folder, ["HOME": folder.path])
    #expect(broken.text.hasPrefix("photos/broken.png: photos/broken.png: "), "\(broken.text)")
  }

  @Test("each process under mpirun takes its share")
  func mpi() throws {
    guard try has("mpirun") else { return }
    let folder = try place()
    let result = try shell(
      Self.block(with: "mpirun"), in: folder,
      [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1", "HOME": folder.path,
      ])
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(isWhole(folder))
  }

  @Test("a task of a Slurm array is a share")
  func slurm() throws {
    let folder = try place()
    let script = try Self.block(with: "#SBATCH --array")
    for task in 1...3 {
      let result = try shell(
        script, in: folder,
        [
          "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_MIN": "1",
          "SLURM_ARRAY_TASK_COUNT": "3",
          "SLURM_CPUS_PER_TASK": "1",
        ])
      #expect(result.status == .exited(0), "\(result.errors)")
    }
    #expect(isWhole(folder))
  }

  @Test("the arguments of the Kubernetes job are the program's, and its index is a share")
  func kubernetes() throws {
    let folder = try place()
    let line = try #require(
      try Self.block(with: "completionMode").split(separator: "\n").first {
        $0.contains("command:")
      })
    let words = line.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
      .split(separator: ",").map { $0.drop { $0 == " " } }
      .map { ["/in": "photos", "/out": "sharp"][String($0)] ?? String($0) }
    #expect(words.first == "convfilter")
    for index in 0..<8 {
      let result = try shell(
        words.joined(separator: " "), in: folder, ["JOB_COMPLETION_INDEX": "\(index)"])
      #expect(result.status == .exited(0), "\(result.errors)")
    }
    #expect(isWhole(folder))
  }

  @Test("make makes what is missing")
  func make() throws {
    guard try has("make") else { return }
    let folder = try place()
    let rules = try Self.block(with: "wildcard").replacing(".jpg", with: ".png")
      .replacing("photos/*", with: "photos/0/*").replacing("photos/%", with: "photos/0/%")
    try folder.write(Array(rules.utf8), to: "Makefile")
    let result = try shell("make -j 2 all", in: folder)
    #expect(result.status == .exited(0), "\(result.errors)")
    for index in [0, 3, 6, 9] {
      #expect(folder.read("sharp/\(index).png") == folder.read("whole/0/\(index).png"))
    }
  }

  @Test("object storage is a pipe on both sides")
  func storage() throws {
    let folder = try place()
    // A stand-in for the storage's program: s3 cp FROM TO, with - for pipes.
    try folder.write(
      Array(
        """
        #!/bin/sh
        from=${3#s3://} to=${4#s3://}
        if [ "$to" = - ]; then cat "$from"; else mkdir -p "${to%/*}" && cat >"$to"; fi

        """.utf8), to: "bin/aws")
    let line = try Self.block(with: "bucket/cat.jpg")
    let result = try shell(
      "set -e; chmod +x bin/aws; PATH=$PWD/bin:$PATH; mkdir bucket; cp photos/0/0.png bucket/cat.jpg; "
        + "set -o pipefail; " + line, in: folder)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(folder.read("bucket/sharp/cat.jpg") == folder.read("whole/0/0.png"))
  }

  @Test("a pipe of names, as Spark makes it, is answered a name a line")
  func names() throws {
    let folder = try place()
    let script = try Self.block(with: "rdd.pipe").replacing("/results/", with: "sharp/")
    try folder.write(Array(script.utf8), to: "sharpen.sh")
    let result = try shell(
      "mkdir sharp; printf '%s\\n' photos/0/0.png photos/1/1.png | sh sharpen.sh", in: folder)
    #expect(result.text == "done photos/0/0.png\ndone photos/1/1.png\n", "\(result.errors)")
    #expect(folder.read("sharp/1.png") == folder.read("whole/1/1.png"))
  }
}
