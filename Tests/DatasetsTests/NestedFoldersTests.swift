import Datasets
import Libc
import TestSupport
import Testing

@Suite("Folders in folders")
struct NestedFoldersTests {
  private static func load(_ files: [String]) throws -> Dataset {
    let scratch = try ScratchFolder()
    for (index, file) in files.enumerated() {
      try scratch.write(ImageFolderTests.png(UInt8(index)), to: file)
    }
    return try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
  }

  @Test(
    "where folders hold only one another, classes are in the first that holds more",
    arguments: [
      ("set/train/cat/x.png", "cat", "set"), ("train/set/cat/x.png", "cat", nil),
      ("a/b/c/d/x.jfif", "d", "a/b/c"), ("cat/deep/x.png", "deep", "cat"),
    ])
  func wrapped(file: String, name: String, within: String?) throws {
    let dataset = try Self.load([file])
    #expect(dataset.classNames == [name] && dataset.train.count == 1)
    #expect(dataset.train.files.map { "\($0)" } == [file])
    #expect(dataset.warnings == (within.map { [.classesWithin($0)] } ?? []))
  }

  @Test("parts of a folder in a folder are parts, and their folders may hold only one another, too")
  func wrappedParts() throws {
    let dataset = try Self.load([
      "set/Train/in/a/1.png", "set/Train/in/b/1.png", "set/test/a/2.png", "set/more/x/3.png",
    ])
    #expect(dataset.classNames == ["a", "b"])
    #expect(dataset.train.count == 2 && dataset.test.files.map { "\($0)" } == ["set/test/a/2.png"])
    #expect(dataset.warnings == [.classesWithin("set"), .nestedIgnored(["set/more"])])
  }

  @Test("pictures deeper in a class that has none of its own are of the class, which is said")
  func deeper() throws {
    let dataset = try Self.load([
      "cat/b/2.png", "cat/a/10.png", "cat/a/9.png", "cat/a/deep/er/1.png", "dog/x/1.png",
      "owl/1.png",
      "owl/ignored/1.png",
    ])
    #expect(dataset.classNames == ["cat", "dog", "owl"])
    #expect(
      dataset.train.files.map { "\($0)" } == [
        "cat/a/9.png", "cat/a/10.png", "cat/a/deep/er/1.png", "cat/b/2.png", "dog/x/1.png",
        "owl/1.png",
      ])
    #expect(dataset.train.labels == [0, 0, 0, 0, 1, 2])
    #expect(
      dataset.warnings == [
        .nestedIgnored(["owl/ignored"]),
        .nestedTaken(count: 5, file: "cat/a/9.png", label: "cat"),
      ])
  }

  @Test("parts may lie within the classes")
  func partsInClasses() throws {
    let dataset = try Self.load([
      "cat/train/1.png", "cat/Test/2.png", "dog/train/3.png", "dog/val/4.png", "dog/train/x/5.png",
    ])
    #expect(
      dataset.train.files.map { "\($0)" } == [
        "cat/train/1.png", "dog/train/3.png", "dog/train/x/5.png",
      ])
    #expect(dataset.test.files.map { "\($0)" } == ["cat/Test/2.png"] && dataset.split == .given)
    #expect(dataset.validation?.files.map { "\($0)" } == ["dog/val/4.png"])
    // One that is no part: folders of any name, then.
    let other = try Self.load(["cat/train/1.png", "cat/test/2.png", "cat/old/3.png", "dog/4.png"])
    #expect(other.train.count == 4 && other.test.count == 0)
  }

  @Test(
    "a folder that may not be read is an error wherever it lies, also one that would be ignored",
    .enabled(if: geteuid() != 0, "root reads everything"),
    arguments: [
      // Beside pictures, beside the parts, in a class without pictures of its own; a class.
      ("cat/x", ["cat/1.png", "cat/x/2.png", "dog/1.png"], mode_t(0)),
      ("old", ["train/cat/1.png", "train/dog/1.png", "old/cat/1.png"], 0),
      ("cat/x", ["cat/x/2.png", "dog/1.png"], 0), ("cat", ["cat/1.png", "dog/1.png"], 0),
      // It may be listed, but not entered.
      ("cat", ["cat/x/1.png", "dog/1.png", "owl/1.png"], 0o400),
    ])
  func barred(name: String, files: [String], mode: mode_t) throws {
    let scratch = try ScratchFolder()
    for file in files { try scratch.write(ImageFolderTests.png(1), to: file) }
    #expect(chmod(scratch(name), mode) == 0)
    defer { chmod(scratch(name), 0o700) }
    #expect(throws: DatasetError.unreadable(file: name, reason: "Permission denied")) {
      try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    }
  }

  @Test("links are not followed: they may lead back")
  func links() throws {
    let scratch = try ScratchFolder()
    for file in ["cat/a/1.png", "dog/a/1.png"] {
      try scratch.write(ImageFolderTests.png(1), to: file)
    }
    #expect(symlink("..", scratch("cat/back")) == 0 && symlink(".", scratch("dog/a/here")) == 0)
    let dataset = try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    #expect(dataset.train.files.map { "\($0)" } == ["cat/a/1.png", "dog/a/1.png"])
    let linked = try ScratchFolder()
    linked.makeFolder("cat")
    linked.makeFolder("dog")
    #expect(symlink(scratch("dog/a"), linked("cat/there")) == 0)
    #expect(throws: DatasetError.nestedPictures(folder: "cat/there", classes: "cat")) {
      try ImageFolder(linked.path).load(team: ImageFolderTests.team)
    }
  }
}
