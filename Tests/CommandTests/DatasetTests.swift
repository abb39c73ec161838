import Libc
import TestSupport
import Testing

@Suite("dataset")
struct DatasetTests {
  private func run(
    _ arguments: String..., data: ScratchFolder, mirror: String = ""
  ) throws -> CommandResult {
    try CommandRunner.run(
      ["dataset"] + arguments,
      environment: [
        "CONVFILTER_DATA": data.path, "CONVFILTER_MIRROR": mirror, "no_proxy": "127.0.0.1",
      ])
  }

  @Test("list shows every data set and where it is")
  func list() throws {
    let data = try ScratchFolder()
    let result = try run("list", data: data)
    #expect(result.status == .exited(0))
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[2].hasPrefix("digits") && lines[2].hasSuffix("built in"))
    #expect(
      lines[3].split(separator: " ").prefix(7)
        == ["mnist", "60,000", "10,000", "28×28×1", "10", "11.6", "MB"])
    #expect(lines[3].hasSuffix("CC BY-SA 3.0  not here"))
    #expect(result.errors == "Data folder: \(data.path)\n")
    let json = try run("list", "--json", data: data)
    #expect(json.text.contains(#""name": "cifar100""#) && json.text.contains(#""folder": null"#))
  }

  @Test("a download that no mirror can serve leaves nothing and says why")
  func fetchFails() throws {
    guard let mirror = try Mirror() else { return }
    let data = try ScratchFolder()
    try mirror.scratch.write([1, 2, 3], to: "files/mnist/train-images-idx3-ubyte.gz")
    let result = try run("fetch", "mnist", data: data, mirror: mirror.address("good"))
    #expect(result.status == .exited(1))
    #expect(
      result.errors.contains("mnist: error: train-images-idx3-ubyte.gz could not be fetched:"))
    #expect(result.errors.contains("3 bytes instead of 9912422"))
    #expect(data.files == [])
  }

  @Test("what is damaged is not called good: it is fetched, or the command fails")
  func damaged() throws {
    guard let mirror = try Mirror() else { return }
    let data = try ScratchFolder()
    for half in ["train", "t10k"] {
      try data.write([0, 0, 8, 3, 0, 0, 0, 9], to: "mnist/\(half)-images-idx3-ubyte")
      try data.write([0, 0, 8, 1, 0, 0, 0, 9], to: "mnist/\(half)-labels-idx1-ubyte")
    }
    let trained = try CommandRunner.run(
      ["train", "mnist", "--output", data("m.safetensors")],
      environment: ["CONVFILTER_DATA": data.path])
    #expect(trained.status == .exited(1))
    #expect(trained.errors.contains("`dataset fetch` replaces it"), "\(trained.errors)")
    let fetched = try run("fetch", "mnist", data: data, mirror: mirror.address("good"))
    #expect(fetched.status == .exited(1))
    #expect(
      fetched.errors.contains("mnist: error: train-images-idx3-ubyte.gz could not be fetched"))
    #expect(mirror.requests.contains { $0.hasPrefix("/good/mnist/train-images-idx3-ubyte.gz") })
  }

  @Test("a megabyte that would unpack to a gigabyte is refused, by every command that meets it")
  func bomb() throws {
    let data = try ScratchFolder()
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    try data.write([], to: "mnist/\(names[0])-ubyte.gz")
    let first = data("mnist/\(names[0])-ubyte.gz")
    #expect(system("head -c 1100000000 /dev/zero | gzip -1 > '\(first)'") == 0)
    let bytes = try #require(data.read("mnist/\(names[0])-ubyte.gz"))
    for name in names { try data.write(bytes, to: "mnist/\(name)-ubyte.gz") }
    // A program starts with the peak of the one that started it, here of all tests.
    let idle = try CommandRunner.run(["--version"]).peakMemory
    for command in [["train", "mnist"], ["dataset", "verify", "mnist"], ["dataset", "list"]] {
      let result = try CommandRunner.run(command, environment: ["CONVFILTER_DATA": data.path])
      #expect(result.peakMemory < max(idle, 300_000_000) + 200_000_000, "\(command)")
      if command[0] == "train" {
        #expect(result.errors.contains("unpacks to more than 188160064 bytes"), "\(result.errors)")
      }
    }
  }

  @Test("when the program is killed, curl ends too, and the next run goes on")
  func killed() throws {
    guard let mirror = try Mirror() else { return }
    let data = try ScratchFolder()
    try mirror.scratch.write(
      [UInt8](repeating: 1, count: 500_000), to: "files/mnist/train-images-idx3-ubyte.gz")
    let part = ".mnist.partial/train-images-idx3-ubyte.gz.part"
    func fetch() throws -> RunningCommand {
      try CommandRunner.start(
        ["dataset", "fetch", "mnist"],
        environment: [
          "CONVFILTER_DATA": data.path, "CONVFILTER_MIRROR": mirror.address("slow"),
          "no_proxy": "127.0.0.1",
        ])
    }
    let running = try fetch()
    for _ in 0..<30000 where (data.read(part)?.count ?? 0) == 0 { usleep(1000) }
    running.signal(SIGKILL)
    _ = running.wait()
    let size = data.read(part)?.count ?? 0
    #expect(size > 0)
    usleep(500_000)
    #expect(data.read(part)?.count == size)
    let again = try fetch()
    for _ in 0..<60000
    where mirror.requests.count < 2 || (data.read(part)?.count ?? 0) <= size { usleep(1000) }
    again.signal(SIGKILL)
    _ = again.wait()
    #expect(mirror.requests.last == "/slow/mnist/train-images-idx3-ubyte.gz bytes=\(size)-")
    #expect((data.read(part)?.count ?? 0) > size)
  }

  @Test("verify tells files that are not the published ones")
  func verify() throws {
    let data = try ScratchFolder()
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 3]
    for half in ["train", "t10k"] {
      try data.write(images, to: "mnist/\(half)-images-idx3-ubyte")
      try data.write(labels, to: "mnist/\(half)-labels-idx1-ubyte")
    }
    let result = try run("verify", "mnist", data: data)
    #expect(result.status == .exited(1))
    #expect(result.text.contains("mnist/train-images-idx3-ubyte"))
    #expect(result.text.contains("not the published file (SHA-256 "))
    let missing = try run("verify", "cifar10", data: data)
    #expect(missing.status == .exited(1))
    #expect(missing.errors.contains("convfilter dataset fetch cifar10"))
    #expect(try run("verify", data: ScratchFolder()).status == .exited(0))
  }

  @Test("the MNIST of the test data is the published one", .enabled(if: TestData.isThere))
  func verifyMNIST() throws {
    let folder = try #require(TestData.folder)
    let result = try CommandRunner.run(["dataset", "verify", "mnist", "--data", folder])
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.text.split(separator: "\n").filter { $0.hasSuffix("  good") }.count == 4)
  }

  @Test("unknown names are wrong usage, known ones are suggested")
  func unknown() throws {
    let result = try run("fetch", "imagenet", data: ScratchFolder())
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("known are digits, mnist, fashion-mnist, cifar10, cifar100"))
    let builtIn = try run("fetch", "digits", data: ScratchFolder())
    #expect(builtIn.status == .exited(0))
    #expect(builtIn.errors == "digits: built in, nothing to fetch\n")
  }
}
