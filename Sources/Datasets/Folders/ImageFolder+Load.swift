import ImageCodecs
import Raster
import Synchronization

extension ImageFolder {
  /// Reads every picture, before anything is learned from any of them.
  ///
  /// - Parameters:
  ///   - size: Size of the images, in pixels; nil for that of the pictures, where all have the same, and
  ///     else one that suits most of them (`ImageFolder+Size`), with a warning that says it.
  ///   - channels: 1 or 3; nil for gray where all pictures are gray, and else colour.
  ///   - fit: how pictures of another shape are brought to the size.
  ///   - skipBad: whether unreadable pictures are left out with a warning.
  ///   - memory: what all images together may take, and the pictures that are being read.
  ///   - streams: whether images that take more are decoded again whenever they are asked for, rather than
  ///     refused.
  ///   - work: bytes of that memory which are taken beside the images while they are used.
  ///   - team: reads them side by side.
  ///   - ranks: processes that do the same, each of which reads a part of the pictures and tells the others
  ///     what came of it.
  ///   - progress: pictures done and in all, from any thread, one call at a time.
  /// - Returns: images part by part and class by class.
  /// - Throws: `DatasetError`; `.badPictures` lists all that cannot be read.
  public func load(
    size: (width: Int, height: Int)? = nil, channels: Int? = nil, fit: Fit = .stretch,
    skipBad: Bool = false, memory: MemoryLimit = .preset, streams: Bool = false,
    work: (ImageCensus) -> Int = { _ in 0 }, team: ThreadTeam,
    ranks: (any RankLink)? = nil,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(DatasetError) -> Dataset {
    var listing = try list(ranks)
    try ranks.map { link throws(DatasetError) in try listing.compare(link) }
    var choice = SizeChoice(self, listing, given: size)
    func prepared(
      _ choice: SizeChoice, _ channels: Int?
    ) throws(DatasetError) -> (ImagePreparation, Keeping) {
      let (width, height) = choice.size
      let preparation = ImagePreparation(
        width: width, height: height, channels: channels ?? 3, fit: fit)
      let census = ImageCensus(name, listing, preparation)
      let room = ImageRoom(
        images: census.bytes(listing.examples.count), work: work(census), limit: memory.bytes)
      return (preparation, try Keeping(room, census, streams: streams, ranks))
    }
    func read(
      _ choice: SizeChoice, _ preparation: ImagePreparation, _ keeping: Keeping, _ channels: Int?
    ) -> (PictureDecoder, [PictureReading]) {
      let decoder = PictureDecoder(
        folder: self, listing: listing, preparation: preparation, mustMatch: choice.isOwn,
        channels: channels, memory: memory, sharers: 2 * team.threads)
      return (decoder, Self.read(decoder, keeps: keeping.keeps, team, ranks, progress))
    }
    var (preparation, keeping) = try prepared(choice, channels)
    var (decoder, readings) = read(choice, preparation, keeping, channels)
    for (example, reading) in zip(listing.examples, readings) {
      if case .size(let width, let height) = reading.outcome {
        choice.add(example.file, width: width, height: height)
        (preparation, keeping) = try prepared(choice, channels)
        (decoder, readings) = read(choice, preparation, keeping, channels)
        break
      }
    }
    if !keeping.keeps, channels == nil, readings.allSatisfy({ $0.channels == 1 }) {
      // Gray images take a third of what was thought.
      (preparation, keeping) = try prepared(choice, 1)
      if keeping.keeps { (decoder, readings) = read(choice, preparation, keeping, 1) }
    }
    if let warning = choice.warning(fit) { listing.warnings.append(warning) }
    return try assemble(listing, readings, decoder, keeping, skipBad: skipBad)
  }

  /// The bytes of a picture.
  func read(_ example: Example, _ listing: Listing) throws(DatasetError) -> [UInt8] {
    guard let place = listing.places[example.file] else { return try folder.read(example.file) }
    return try folder.read(place.archive, from: place.offset, count: place.size)
  }

  /// Whether the images are kept in memory.
  private struct Keeping {
    let room: ImageRoom
    let keeps: Bool

    /// - Parameter ranks: processes that do the same: where one has no room, all decode anew.
    /// - Throws: `memory`, where they would take too much, and must be kept.
    init(
      _ room: ImageRoom, _ census: ImageCensus, streams: Bool, _ ranks: (any RankLink)?
    ) throws(DatasetError) {
      self.room = room
      if streams {
        keeps = ranks?.agree(room.suffices) ?? room.suffices
        return
      }
      keeps = true
      let count = census.train + census.validation + census.test
      do {
        try MemoryLimit(bytes: room.limit).check(
          room.needed, for: "reading \(count) images of \(census.width)×\(census.height)",
          remedy: "give a smaller --size, or fewer pictures")
      } catch { throw .memory(error) }
    }
  }

  /// Pictures that processes read before they tell each other.
  private static let round = 4096

  private static func read(
    _ decoder: PictureDecoder, keeps: Bool, _ team: ThreadTeam, _ ranks: (any RankLink)?,
    _ progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void
  ) -> [PictureReading] {
    let count = decoder.listing.examples.count
    let done = Mutex(0)
    let misfit = Atomic<Int>(.max)
    @Sendable func read(_ index: Int) -> PictureReading {
      if misfit.load(ordering: .relaxed) < index { return PictureReading() }
      do {
        return PictureReading(try decoder.image(index), keeps: keeps)
      } catch {
        if case .size = error { misfit.min(index, ordering: .relaxed) }
        return PictureReading(error)
      }
    }
    let readings = Mutex([PictureReading](repeating: PictureReading(), count: count))
    let (own, number) = (ranks?.rank ?? 0, ranks?.count ?? 1)
    let round = number == 1 ? max(1, count) : Self.round
    for start in stride(from: 0, to: count, by: round) {
      let end = min(start + round, count)
      let mine = Array(stride(from: start + own, to: end, by: number))
      team.run(mine.count) { place in
        let reading = read(mine[place])
        readings.withLock { $0[mine[place]] = reading }
        done.withLock {
          $0 += 1
          // Others read as many meanwhile.
          progress(min($0 * number, count), count)
        }
      }
      guard let ranks else { continue }
      let bytes = readings.withLock { all in
        PictureReading.encoded(mine.map { ($0, all[$0]) })
      }
      for (rank, bytes) in ranks.collect(bytes).enumerated() where rank != own {
        PictureReading.decode(bytes) { index, reading in
          if case .size = reading.outcome { misfit.min(index, ordering: .relaxed) }
          readings.withLock { $0[index] = reading }
        }
      }
      if misfit.load(ordering: .relaxed) < .max { break }
    }
    return readings.withLock { $0 }
  }

  private func assemble(
    _ listing: Listing, _ readings: [PictureReading], _ decoder: PictureDecoder,
    _ keeping: Keeping, skipBad: Bool
  ) throws(DatasetError) -> Dataset {
    let channels =
      decoder.channels
      ?? readings.reduce(1) { $1.outcome == .image ? max($0, $1.channels) : $0 }
    var warnings = listing.warnings
    var bad: [BadPicture] = []
    var parts: [Split: LoadedImages] = [:]
    for (index, reading) in readings.enumerated() {
      let example = listing.examples[index]
      if reading.outcome == .image {
        parts[example.part, default: LoadedImages()].add(
          example, index, keeping.keeps ? reading.pixels : [], widens: reading.channels < channels)
      } else if case .bad(let kind, let reason) = reading.outcome {
        bad.append(BadPicture(file: "\(example.file)", kind: kind, reason: reason))
        warnings.append(.badPicture(file: "\(example.file)", reason: reason))
      }
    }
    let several = readings.indices.filter { readings[$0].hasOthers }
    if let first = several.first {
      warnings.append(
        .othersInFile(count: several.count, file: "\(listing.examples[first].file)"))
    }
    if !skipBad, !bad.isEmpty {
      throw .badPictures(bad)
    }
    if parts.isEmpty { throw .noPictures(others: nil) }
    var decoder = decoder
    decoder.channels = channels
    let store =
      keeping.keeps
      ? nil
      : PictureStore(
        decoder, known: readings.map { $0.sums(channels: channels) }, room: keeping.room)
    func labelled(_ part: Split) -> LabelledImages {
      let part = parts[part] ?? LoadedImages()
      return LabelledImages(
        height: decoder.preparation.height, width: decoder.preparation.width, channels: channels,
        store.map { .files($0, part.members) } ?? .memory(part.pixels), labels: part.labels,
        files: part.files)
    }
    let (train, test) = (labelled(.train), labelled(.test))
    let validation = parts[.validation] == nil ? nil : labelled(.validation)
    for part in [validation, test].compactMap({ $0 }) {
      if let warning = part.duplicates(of: train) { warnings.append(warning) }
    }
    return Dataset(
      name: name, classNames: listing.classNames, train: train, validation: validation, test: test,
      split: test.count > 0 ? .given : .none, warnings: warnings)
  }

  /// The images of a part of the data.
  private struct LoadedImages {
    var pixels: [UInt8] = []
    var members: [Int32] = []
    var labels: [Int32] = []
    var files: [FilePath] = []

    /// - Parameter widens: whether gray levels are for three channels.
    mutating func add(_ example: Example, _ index: Int, _ levels: [UInt8], widens: Bool) {
      if widens {
        for level in levels { pixels += repeatElement(level, count: 3) }
      } else {
        pixels += levels
      }
      members.append(Int32(index))
      labels.append(example.label)
      files.append(example.file)
    }
  }

  /// The name of the table, or the folder's own, also where it was named as `.` or by a way that ends in `..`.
  private var name: String {
    if let file = table ?? archive { return String("\(file)".prefix { $0 != "." }) }
    let path = folder.path.resolved ?? folder.path
    let name = String(decoding: path.lastComponent, as: UTF8.self).drop { $0 == "." || $0 == "/" }
    return name.isEmpty ? "images" : String(name)
  }
}
