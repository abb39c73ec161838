import Datasets
import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("Folders that are larger than memory")
struct StreamedFolderTests {
  private static let team = ThreadTeam(threads: 2)

  /// Pictures of many sizes, gray and in colour, with a test part, of which one is a training picture.
  private static func folder(gray: Bool = false) throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    for index in 0..<30 {
      let isGray = gray || index % 3 == 0
      let format = PictureFormat(
        width: 9 + index % 4, height: 8 + index % 5, color: isGray ? .gray : .rgb,
        sample: .uint8)
      let picture = Picture(
        format,
        samples: (0..<format.samplesPerRow * format.height).map { UInt8(($0 * 7 + index) % 251) })
      let file = try encodePNG(picture)
      try scratch.write(file, to: "train/\(["cat", "dog"][index % 2])/\(index).png")
      if index % 10 == 4 { try scratch.write(file, to: "test/cat/\(index).png") }
    }
    return scratch
  }

  private static func load(
    _ scratch: ScratchFolder, memory: MemoryLimit = .none, ranks: (any RankLink)? = nil
  ) throws -> Dataset {
    try ImageFolder(scratch.path).load(
      size: (8, 6), fit: .crop, memory: memory, streams: true, team: team, ranks: ranks)
  }

  /// Room for a picture while it is decoded, but not for all images.
  private static let little = MemoryLimit(bytes: 3100)

  private static func batches(_ images: LabelledImages) throws -> [Float] {
    let batches = Batches(
      images, normalization: images.normalization(), seed: 3,
      augmentation: Augmentation(flip: .random, translation: 1))
    var pixels = [Float](repeating: .nan, count: images.count * batches.samplesPerImage)
    var labels = [Int32](repeating: -1, count: images.count)
    try pixels.withUnsafeMutableBufferPointer { pixels in
      try labels.withUnsafeMutableBufferPointer { labels in
        try batches.fill(positions: 0..<images.count, epoch: 1, images: pixels, labels: labels)
      }
    }
    return pixels
  }

  @Test(
    "images, statistics and fingerprint are those of images in memory", arguments: [false, true])
  func same(gray: Bool) throws {
    let scratch = try Self.folder(gray: gray)
    let whole = try Self.load(scratch)
    let streamed = try Self.load(scratch, memory: Self.little)
    #expect(!whole.train.areRead && streamed.train.areRead && streamed.test.areRead)
    #expect(streamed.train.bytes == 0 && whole.train.bytes == 30 * 48 * (gray ? 1 : 3))
    #expect(streamed.train.labels == whole.train.labels)
    #expect(streamed.train.files == whole.train.files)
    #expect(streamed.train.channels == (gray ? 1 : 3))
    #expect(streamed.warnings == whole.warnings && whole.warnings.count == 1)
    #expect(streamed.fingerprint == whole.fingerprint)
    #expect(streamed.train.normalization() == whole.train.normalization())
    #expect(try Self.batches(streamed.train) == Self.batches(whole.train))
    let (kept, held) = try streamed.train.stratifiedSplit(fraction: 0.2, seed: 1)
    let parts = try whole.train.stratifiedSplit(fraction: 0.2, seed: 1)
    #expect(kept.normalization() == parts.kept.normalization())
    #expect(try Self.batches(held) == Self.batches(parts.held))
    let names = ["dog", "bird", "cat"]
    let matched = try streamed.matched(to: names)
    #expect(try matched.train.labels == whole.matched(to: names).train.labels)
    #expect(matched.train.areRead)
  }

  @Test("a picture that has gone, or has become another, is named")
  func gone() throws {
    let scratch = try Self.folder()
    let images = try Self.load(scratch, memory: Self.little).train
    scratch.delete("train/cat/2.png")
    #expect(
      throws: DatasetError.inFile(
        file: "train/cat/2.png", problem: "cannot be read (No such file or directory)")
    ) { try Self.batches(images) }
    let own = try ScratchFolder()
    for index in 0..<40 { try own.write(ImageFolderTests.png(UInt8(index)), to: "a/\(index).png") }
    let alike = try ImageFolder(own.path).load(
      memory: MemoryLimit(bytes: 900), streams: true, team: Self.team)
    try own.write(ImageFolderTests.png(1, width: 5), to: "a/3.png")
    #expect(
      throws: DatasetError.inFile(
        file: "a/3.png", problem: "it has become a picture of 5×3")
    ) { try Self.batches(alike.train) }
  }

  @Test("images are kept where there is room for them and for what is done with them")
  func work() throws {
    let scratch = try Self.folder()
    let images = 33 * 48 * 3
    for (work, limit, streams) in [
      (0, 2 * images, false), (0, 2 * images - 1, true), (images, 2 * images, false),
      (images + 1, 2 * images, true), (2 * images, 3 * images, false), (.max, 4 * images, true),
    ] {
      var seen: [ImageCensus] = []
      let dataset = try ImageFolder(scratch.path).load(
        size: (8, 6), memory: MemoryLimit(bytes: limit), streams: true,
        work: { census in
          seen.append(census)
          return work
        }, team: Self.team)
      #expect(dataset.train.areRead == streams, "\(work) beside images in \(limit)")
      let census = try #require(seen.first)
      #expect(seen.count == 1 && census.name == dataset.name)
      #expect(census.classNames == ["cat", "dog"] && census.support == [15, 15])
      #expect((census.train, census.validation, census.test) == (30, 0, 3))
      #expect((census.width, census.height, census.channels) == (8, 6, 3))
      #expect(census.bytes(33) == images)
      let room = dataset.train.store?.room
      #expect(room == (streams ? ImageRoom(images: images, work: work, limit: limit) : nil))
    }
  }

  @Test("gray images take a third of what was thought before one was seen")
  func grayRoom() throws {
    let scratch = try Self.folder(gray: true)
    for (bytes, streams) in [(2 * 33 * 48, false), (2 * 33 * 48 - 1, true)] {
      let dataset = try Self.load(scratch, memory: MemoryLimit(bytes: bytes))
      #expect(dataset.train.areRead == streams && dataset.train.channels == 1)
      #expect(try Self.batches(dataset.train) == Self.batches(Self.load(scratch).train))
    }
  }

  @Test("where one process has no room, all decode anew")
  func narrowRank() throws {
    let scratch = try Self.folder()
    let one = try Self.load(scratch)
    let all = try ThreadRanks(3).run { link in
      try ImageFolder(scratch.path).load(
        size: (8, 6), fit: .crop, memory: link.rank == 1 ? Self.little : .none, streams: true,
        team: ThreadTeam(threads: 1), ranks: link)
    }
    for (rank, dataset) in all.enumerated() {
      #expect(dataset.train.areRead && dataset.fingerprint == one.fingerprint)
      #expect(dataset.train.store?.room.suffices == (rank != 1))
      #expect(try Self.batches(dataset.train) == Self.batches(one.train))
    }
  }

  @Test("what there is room for is decoded once")
  func kept() throws {
    let scratch = try Self.folder()
    let images = try Self.load(scratch, memory: Self.little).train
    images.store?.keep(upTo: 1 << 20)
    let first = try Self.batches(images)
    for file in images.files { scratch.delete("\(file)") }
    #expect(try Self.batches(images) == first)
    let again = try Self.folder()
    let other = try Self.load(again, memory: Self.little)
    // Room for a single one.
    other.train.store?.keep(upTo: 250)
    #expect(try Self.batches(other.train) == first)
    #expect(try Self.batches(other.train) == first)
  }

  @Test("processes that read a part each get the images of one", arguments: [false, true])
  func ranks(streams: Bool) throws {
    let scratch = try Self.folder()
    try scratch.write([1, 2, 3], to: "train/dog/100.png")
    let memory = streams ? Self.little : .none
    @Sendable func read(_ ranks: (any RankLink)?) throws -> Dataset {
      try ImageFolder(scratch.path).load(
        size: (8, 6), skipBad: true, memory: memory, streams: true, team: ThreadTeam(threads: 1),
        ranks: ranks)
    }
    let one = try read(nil)
    for count in [2, 3, 5] {
      for dataset in try ThreadRanks(count).run({ try read($0) }) {
        #expect(dataset.fingerprint == one.fingerprint && dataset.warnings == one.warnings)
        #expect(dataset.train.files == one.train.files && dataset.train.areRead == streams)
        #expect(try Self.batches(dataset.train) == Self.batches(one.train))
      }
    }
  }

  @Test("several processes find a size of its own, too, where one of many pictures has another")
  func oddOne() throws {
    let scratch = try ScratchFolder()
    for index in 0..<300 {
      try scratch.write(
        ImageFolderTests.png(
          UInt8(index % 250), width: index == 4 ? 30 : 90, height: index == 4 ? 20 : 70),
        to: "a/\(index).png")
    }
    let all = try ThreadRanks(3).run { link in
      try ImageFolder(scratch.path).load(team: ThreadTeam(threads: 1), ranks: link)
    }
    for dataset in all {
      #expect((dataset.train.width, dataset.train.height) == (64, 64))
      #expect(dataset.train.count == 300)
    }
  }

  @Test("archives are looked into by one process each, and read from their places")
  func archives() throws {
    let scratch = try ScratchFolder()
    for shard in 0..<5 {
      var bytes: [UInt8] = []
      for index in 0..<4 {
        bytes += ArchiveFolderTests.member(
          "\(index).png", ImageFolderTests.png(UInt8(10 * shard + index), width: 20, height: 10))
        // Larger than what is read at a time: passed over.
        bytes += ArchiveFolderTests.member("\(index).bin", [UInt8](repeating: 0, count: 20_000))
        bytes += ArchiveFolderTests.member("\(index).cls", Array("\(index % 2)".utf8))
      }
      try scratch.write(bytes + ArchiveFolderTests.end, to: "\(shard).tar")
    }
    @Sendable func read(_ memory: MemoryLimit, _ ranks: (any RankLink)?) throws -> Dataset {
      try ImageFolder(scratch.path).load(
        size: (8, 6), memory: memory, streams: true, team: ThreadTeam(threads: 1), ranks: ranks)
    }
    let one = try read(.none, nil)
    #expect(one.train.count == 20 && one.train.image(1).first == 2)
    for dataset in try ThreadRanks(3).run({ try read(MemoryLimit(bytes: 1900), $0) }) {
      #expect(dataset.train.areRead && dataset.fingerprint == one.fingerprint)
      #expect(dataset.train.files == one.train.files)
    }
    let cut = Array(try #require(scratch.read("3.tar")).prefix(60_000))
    try scratch.write(cut, to: "3.tar")
    let errors = try ThreadRanks(2).run { link -> String in
      do {
        _ = try read(.none, link)
        return ""
      } catch { return "\(error)" }
    }
    #expect(errors[0] == errors[1] && errors[0].hasPrefix("3.tar "), "\(errors)")
    #expect(throws: DatasetError.self) { try read(.none, nil) }
  }
}
