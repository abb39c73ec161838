import Datasets
import Libc
import TestSupport
import Testing

/// What stops a download, and what may not.
extension FetchTests {
  @Test("a mirror that sends more than the file has is stopped")
  func endless() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let error = #expect(throws: DatasetError.self) {
      try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("endless")])
    }
    guard case .downloadFailed("train-images", let attempts, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(attempts[0].hasSuffix("more than the 40 bytes of the published file"))
    #expect(data.files == [])
  }

  @Test("the user's own settings of curl are not read")
  func settings() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    let home = try ScratchFolder()
    try home.write(
      Array("header = \"X-Mine: yes\"\nfail-early\noutput = /dev/null\n".utf8), to: ".curlrc")
    setenv("CURL_HOME", home.path, 1)
    defer { unsetenv("CURL_HOME") }
    let folder = try Self.tiny.fetch(into: data.folder, mirrors: [mirror.address("good")])
    #expect(Self.tiny.verify(in: folder).allSatisfy { $0.state == .good })
  }

  @Test("a full disk is named and stops, whatever other mirrors there are")
  func fullDisk() throws {
    guard let (mirror, data) = try Self.setUp() else { return }
    data.makeFolder(".tiny.partial")
    // Every write to this device says that the disk is full.
    #expect(symlink("/dev/full", data(".tiny.partial/train-images.part")) == 0)
    let error = #expect(throws: DatasetError.self) {
      try Self.tiny.fetch(
        into: data.folder, mirrors: [mirror.address("good"), mirror.address("plain")])
    }
    #expect(
      error == .cannotWrite(file: data(".tiny.partial/train-images.part"), code: ENOSPC))
    #expect(
      "\(error!)".hasSuffix(
        "(no space left on device); free some space and try again: what is there is kept"))
    #expect(mirror.requests.count == 1)
  }

  @Test("a program that cannot be run is told from one that is missing")
  func programs() throws {
    #expect(throws: DatasetError.programMissing(name: "no-such-program")) {
      _ = try Program(name: "no-such-program").run([]) { _ in }
    }
    let scratch = try ScratchFolder()
    try scratch.write([1, 2, 3], to: "curl")
    let path = scratch("curl")
    #expect(throws: DatasetError.programFailed(name: path, code: EACCES)) {
      _ = try Program(name: path).run([]) { _ in }
    }
    chmod(path, 0o755)
    #expect(throws: DatasetError.programFailed(name: path, code: ENOEXEC)) {
      _ = try Program(name: path).run([]) { _ in }
    }
  }

  @Test("two processes do not fetch the same data set at once")
  func locked() throws {
    let data = try ScratchFolder()
    try data.write([], to: ".tiny.lock")
    let descriptor = open(data.path + "/.tiny.lock", O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(throws: DatasetError.beingFetched(name: "tiny")) {
      try Self.tiny.fetch(into: data.folder)
    }
  }

  @Test("a folder that cannot be written is an error that names it")
  func unwritable() throws {
    let data = try ScratchFolder()
    try data.write([], to: "file")
    let error = #expect(throws: DatasetError.self) {
      try Self.tiny.fetch(into: data.folder.folder("file/data"))
    }
    #expect(error == .cannotWrite(file: data("file/data"), code: ENOTDIR))
  }

  @Test("verifying finds what is missing, altered or damaged")
  func verify() throws {
    let data = try ScratchFolder()
    try data.write(Self.contents[0].bytes, to: "train-images")
    try data.write([1, 2, 3], to: "train-labels")
    try data.write(Self.contents[3].bytes, to: "test-labels")
    let found = Self.tiny.verify(in: data.folder)
    #expect(
      found.map(\.state) == [
        .good, .damaged(reason: "\(DatasetError.notIDX)"), .missing, .good,
      ])
    let other = FormatTests.idx([6], [2, 2, 2, 2, 2, 2])
    try data.write(other, to: "train-labels")
    #expect(
      Self.tiny.verify(in: data.folder)[1].state
        == .differs(expected: "MD5 " + Self.files[1].md5, found: "MD5 " + MD5.hex(other)))
  }

  @Test("whoever may not fetch is told which files to put where, with their checksums")
  func offline() throws {
    let text = DatasetError.offline(dataset: .mnist, folder: "/data").description
    for part in [
      "f68b3c2dcbeaaa9fbdd348bbdeb94873  train-images-idx3-ubyte.gz", "put them into /data/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ] { #expect(text.contains(part)) }
    #expect(DatasetError.offline(dataset: .cifar10, folder: "d").description.contains("unpack it"))
    #expect(throws: DatasetError.nothingToFetch(name: "digits")) {
      try KnownDataset.digits.fetch(into: DataFolder("/nowhere"))
    }
  }
}
