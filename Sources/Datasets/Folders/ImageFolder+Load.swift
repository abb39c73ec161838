import ImageCodecs
import Raster
import Synchronization

extension ImageFolder {
  /// Reads every picture, before anything is learned from any of them.
  ///
  /// - Parameters:
  ///   - size: Size of the images, in pixels; nil where all pictures have the same.
  ///   - channels: 1 or 3; nil for gray where all pictures are gray, and else colour.
  ///   - fit: how pictures of another shape are brought to the size.
  ///   - background: what transparent pixels are laid on.
  ///   - skipBad: whether unreadable pictures are left out with a warning.
  ///   - memoryLimit: Bytes of all images together.
  ///   - team: reads them side by side.
  ///   - progress: pictures done and in all, from any thread, one call at a time.
  /// - Returns: images class by class; `test` is empty where there is no such folder.
  /// - Throws: `DatasetError`; `.badPictures` lists all that cannot be read.
  public func load(
    size: (width: Int, height: Int)? = nil, channels: Int? = nil, fit: Fit = .stretch,
    background: SIMD3<UInt8> = SIMD3(255, 255, 255), skipBad: Bool = false,
    memoryLimit: Int = 8 << 30, team: ThreadTeam,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(DatasetError) -> Dataset {
    let listing = try list()
    var (size, channels) = (size, channels)
    if size == nil || channels == nil {
      // What has no readable header is named with the rest, when all pictures are read.
      let headers = Self.each(listing.examples, team) { try header(of: $0.file) }
      let known = zip(listing.examples, headers).compactMap { example, header in
        (try? header.get()).map { (file: example.file, header: $0) }
      }
      if let first = known.first {
        if size == nil, let other = known.first(where: { $0.header.size != first.header.size }) {
          throw .sizesDiffer(
            first: first.file + " " + first.header.text,
            other: other.file + " " + other.header.text)
        }
        size = size ?? (first.header.width, first.header.height)
      }
      channels = channels ?? (known.allSatisfy(\.header.isGray) ? 1 : 3)
    }
    let shape = size ?? (1, 1)
    let preparation = ImagePreparation(
      width: shape.width, height: shape.height, channels: channels ?? 3, fit: fit,
      background: background)
    try Self.checkMemory(preparation, listing.examples.count, memoryLimit)
    let done = Mutex(0)
    let images = Self.each(listing.examples, team) { example in
      defer {
        done.withLock {
          $0 += 1
          progress($0, listing.examples.count)
        }
      }
      let picture = try ImagePreparation.picture(of: folder.read(example.file))
      return preparation.image(of: picture)
    }
    return try assemble(listing, images, preparation, skipBad: skipBad)
  }

  /// A reason, to carry it from a thread.
  private struct Reason: Error { let text: String }

  private struct Header {
    let width: Int
    let height: Int
    let isGray: Bool
    var size: SIMD2<Int> { SIMD2(width, height) }
    var text: String { "\(width)×\(height)" }
  }

  private func header(of file: String) throws -> Header {
    let reader = try PictureReader(.bytes(folder.read(file)))
    let turns = reader.metadata.orientation.swapsAxes
    let format = reader.format
    return Header(
      width: turns ? format.height : format.width, height: turns ? format.width : format.height,
      isGray: format.color == .gray || format.color == .grayAlpha)
  }

  /// Runs `body` for every example on the team; what it throws becomes a reason.
  private static func each<Value: Sendable>(
    _ examples: [Example], _ team: ThreadTeam,
    _ body: @escaping @Sendable (Example) throws -> Value
  ) -> [Result<Value, Reason>] {
    let results = Mutex([Result<Value, Reason>?](repeating: nil, count: examples.count))
    team.run(examples.count) { index in
      let result: Result<Value, Reason>
      do { result = .success(try body(examples[index])) } catch let error as DatasetError {
        // The list of bad files names the file already.
        if case .unreadable(_, let reason) = error {
          result = .failure(Reason(text: "cannot be read (\(reason))"))
        } else {
          result = .failure(Reason(text: "\(error)"))
        }
      } catch { result = .failure(Reason(text: "\(error)")) }
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.map { $0! } }
  }

  private static func refuse(_ bad: [Int: String], _ listing: Listing) throws(DatasetError) {
    if bad.isEmpty { return }
    let order = bad.keys.sorted()
    throw .badPictures(
      files: order.map { listing.examples[$0].file }, reasons: order.map { bad[$0]! })
  }

  private static func checkMemory(
    _ preparation: ImagePreparation, _ count: Int, _ limit: Int
  ) throws(DatasetError) {
    var bytes = count
    for factor in [preparation.width, preparation.height, preparation.channels] {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: factor)
      bytes = overflows ? .max : product
    }
    // Twice: the images one by one, and all together.
    if bytes > limit / 2 {
      throw .tooLarge(
        images: count, bytes: bytes > .max / 2 ? .max : 2 * bytes, limit: limit)
    }
  }

  private func assemble(
    _ listing: Listing, _ images: [Result<[UInt8], Reason>], _ preparation: ImagePreparation,
    skipBad: Bool
  ) throws(DatasetError) -> Dataset {
    var warnings = listing.warnings
    var bad: [Int: String] = [:]
    var parts: [(pixels: [UInt8], labels: [Int32])] = [([], []), ([], [])]
    for (index, image) in images.enumerated() {
      let example = listing.examples[index]
      switch image {
      case .success(let pixels):
        parts[example.isTest ? 1 : 0].pixels += pixels
        parts[example.isTest ? 1 : 0].labels.append(example.label)
      case .failure(let reason):
        bad[index] = reason.text
        warnings.append(.badPicture(file: example.file, reason: reason.text))
      }
    }
    if !skipBad { try Self.refuse(bad, listing) }
    if parts[0].labels.isEmpty { throw .noPictures }
    let halves = parts.map { part in
      LabelledImages(
        height: preparation.height, width: preparation.width, channels: preparation.channels,
        pixels: part.pixels, labels: part.labels)
    }
    let name = folder.path.split(separator: "/").last.map(String.init) ?? folder.path
    return Dataset(
      name: name, classNames: listing.classNames, train: halves[0], test: halves[1],
      split: halves[1].count > 0 ? .given : .none, warnings: warnings)
  }
}
