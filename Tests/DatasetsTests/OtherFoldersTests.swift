import Datasets
import Libc
import Raster
import TestSupport
import Testing

@Suite("Folders whose names or tables say the classes")
struct OtherFoldersTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func write(_ name: String, _ level: UInt8) throws {
    try scratch.write(ImageFolderTests.png(level), to: name)
  }

  private func levels(_ images: LabelledImages) -> [UInt8] {
    (0..<images.count).map { images.image($0).first! }
  }

  @Test(
    "names that end in a number say the class before it",
    arguments: [
      ("cat.10.png", "dog.2.png"), ("cat_010.png", "dog_2.png"), ("cat (10).PNG", "dog-2.png"),
    ])
  func names(cat: String, dog: String) throws {
    try write(dog, 1)
    try write(cat, 2)
    try write("cat.9.png", 3)
    let dataset = try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(dataset.train.labels == [0, 0, 1])
    #expect(Set(levels(dataset.train)[..<2]) == [2, 3] && levels(dataset.train)[2] == 1)
    #expect(
      dataset.warnings.contains {
        if case .labelsFromNames = $0 { true } else { false }
      })
  }

  @Test("names say the class in folders of the parts, too")
  func parts() throws {
    try write("train/cat.0.png", 1)
    try write("train/dog.0.png", 2)
    try write("Test/dog.7.png", 3)
    let dataset = try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(dataset.train.labels == [0, 1] && dataset.test.labels == [1])
    #expect(dataset.test.files == [FilePath("Test/dog.7.png")])
  }

  @Test("numbers alone, and names of one kind, say nothing")
  func speechless() throws {
    try write("12.png", 1)
    try write("2024-11-03 4.png", 2)
    #expect(throws: DatasetError.self) {
      try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    }
    let other = try ScratchFolder()
    try other.write(ImageFolderTests.png(1), to: "IMG_1.png")
    try other.write(ImageFolderTests.png(1), to: "IMG_2.png")
    #expect(throws: DatasetError.self) {
      try ImageFolder(other.path).load(team: ImageFolderTests.team)
    }
  }

  @Test("a table says path, class and part; columns are found by their titles")
  func table() throws {
    try write("a/1.png", 1)
    try write("a/2.png", 2)
    try write("b/x,y.png", 3)
    let text =
      "species,split,file_name\ncat,train,a/1.png\ndog,Val,a/2.png\ndog,train,\"b/x,y.png\"\n"
    try scratch.write(Array(text.replacing("species", with: "Label").utf8), to: "list.csv")
    let dataset = try ImageFolder(list: FilePath(scratch("list.csv"))).load(
      team: ImageFolderTests.team)
    #expect(dataset.name == "list")
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(levels(dataset.train) == [1, 3] && dataset.train.labels == [0, 1])
    #expect(dataset.validation.map(levels) == [2])
    #expect(
      dataset.warnings == [
        .labelsFromList(file: "list.csv", paths: "file_name", labels: "Label")
      ])
    try scratch.write(Array("a/1.png,cat\na/2.png,dog\n".utf8), to: "plain.csv")
    let plain = try ImageFolder(list: FilePath(scratch("plain.csv"))).load(
      team: ImageFolderTests.team)
    #expect(plain.train.labels == [0, 1])
  }

  @Test("a table that names a device, a pipe or a file of gigabytes waits for none and holds none")
  func endlessFiles() throws {
    try write("a/1.png", 1)
    try write("a/2.png", 2)
    #expect(mkfifo(scratch("pipe.png"), 0o600) == 0)
    try scratch.write([0], to: "long.png")
    #expect(truncate(scratch("long.png"), 1 << 40) == 0)
    for (file, reason) in [
      ("/dev/zero", "it is a device or a pipe, no file"),
      ("pipe.png", "it is a device or a pipe, no file"), ("long.png", "it is longer than 1024 MiB"),
    ] {
      try scratch.write(Array("a/1.png,cat\na/2.png,dog\n\(file),dog\n".utf8), to: "list.csv")
      let error = #expect(throws: DatasetError.self) {
        try ImageFolder(list: FilePath(scratch("list.csv"))).load(team: ImageFolderTests.team)
      }
      #expect("\(error!)".contains(reason), "\(error!)")
    }
  }

  @Test("tables as spreadsheets and other systems write them")
  func strangeTables() throws {
    try write("a/1.png", 1)
    try write("a/2.png", 2)
    try write("b/3.png", 3)
    let (one, two, three) = ("a/1.png", scratch("a/2.png"), "b\\3.png")
    try scratch.write(
      Array(
        ("sep=;\r\nImage Path; Class Name ;is_valid\r\n\(one);cat ;False\r\n\(two);dog;false\r\n"
          + "\(three); cat;True\r\n\(one);cat;0\r\n").utf8), to: "list.csv")
    let dataset = try ImageFolder(list: FilePath(scratch("list.csv"))).load(
      team: ImageFolderTests.team)
    #expect(dataset.classNames == ["cat", "dog"] && dataset.train.labels == [0, 1])
    #expect(levels(dataset.train) == [1, 2] && dataset.validation.map(levels) == [3])
    #expect(
      dataset.warnings == [
        .labelsFromList(file: "list.csv", paths: "Image Path", labels: "Class Name"),
        .namedTwice(count: 1, file: "a/1.png"),
      ])
    try scratch.write([0xFF, 0xFE, 0x61, 0], to: "utf16.csv")
    let error = #expect(throws: DatasetError.self) {
      try ImageFolder(list: FilePath(scratch("utf16.csv"))).load(team: ImageFolderTests.team)
    }
    #expect("\(error!)".contains("no text in UTF-8"))
  }

  @Test(
    "a table that says too little is refused with the reason",
    arguments: [
      ("a,b\n1,2\n", "its columns are a, b"), ("", "empty"),
      ("path,label\nx.png,\n", "line 2 has no path or no class"),
      ("path,label,split\nx.png,cat,later\n", "line 2 is for later"),
      ("path,label\nx.png,cat\nx.png,dog\n", "x.png is dog on line 3, but cat on line 2"),
      (
        "path,label,split\nx.png,cat,val\n\nx.png,cat,test\n",
        "x.png is cat for test on line 4, but cat for val on line 2"
      ),
      ("path,label,is_valid\nx.png,cat,maybe\n", "line 2 is for maybe"),
      ("path,label\nx.png,\"cat\n", "the quote that is opened on line 2 is never closed"),
      ("path,label\nx.png,cat\n", "fewer than two classes"),
    ])
  func badTables(text: String, reason: String) throws {
    try scratch.write(Array(text.utf8), to: "list.csv")
    let error = #expect(throws: DatasetError.self) {
      try ImageFolder(list: FilePath(scratch("list.csv"))).load(team: ImageFolderTests.team)
    }
    #expect("\(error!)".contains(reason))
  }

  @Test("pictures to judge by that were learnt from are named")
  func duplicates() throws {
    for (name, level) in [
      ("train/cat/1.png", 1), ("train/dog/1.png", 2), ("test/cat/a.png", 3), ("test/cat/b.png", 2),
      ("test/dog/c.png", 1),
    ] { try write(name, UInt8(level)) }
    let dataset = try ImageFolder(scratch.path).load(team: ImageFolderTests.team)
    #expect(
      dataset.warnings == [
        .duplicates(count: 2, file: "test/cat/b.png", of: "train/dog/1.png")
      ])
  }
}
