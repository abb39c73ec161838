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
    #expect(data.files == [".mnist.lock"])
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
    #expect(result.text.contains("not the published file (MD5 "))
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
