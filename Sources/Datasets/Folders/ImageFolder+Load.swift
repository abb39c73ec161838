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
  ///   - skipBad: whether unreadable pictures are left out with a warning.
  ///   - memory: what all images together may take, and the pictures that are being read.
  ///   - team: reads them side by side.
  ///   - progress: pictures done and in all, from any thread, one call at a time.
  /// - Returns: images part by part and class by class.
  /// - Throws: `DatasetError`; `.badPictures` lists all that cannot be read.
  public func load(
    size: (width: Int, height: Int)? = nil, channels: Int? = nil, fit: Fit = .stretch,
    skipBad: Bool = false, memory: MemoryLimit = .preset, team: ThreadTeam,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(DatasetError) -> Dataset {
    let listing = try list()
    // Without a size, all pictures must have that of the first that can be read.
    let first = size == nil ? firstHeader(listing) : nil
    let shape = size ?? first.map { ($0.header.width, $0.header.height) } ?? (1, 1)
    try Self.checkMemory(shape, channels ?? 3, listing.examples.count, memory)
    let images = read(
      listing, shape: shape, mustMatch: size == nil, channels: channels, fit: fit,
      memory: MemoryLimit(bytes: max(1, memory.bytes / 2 / team.threads)), team, progress)
    for (example, image) in zip(listing.examples, images) {
      if case .failure(.size(let text)) = image, let first {
        throw .sizesDiffer(
          first: "\(first.file) \(first.header.text)", other: "\(example.file) \(text)")
      }
    }
    return try assemble(listing, images, shape: shape, channels: channels, skipBad: skipBad)
  }

  /// An image as it was read: gray ones are widened when all are known.
  private struct Image: Sendable {
    let pixels: [UInt8]
    let channels: Int
  }

  /// Why there is no image of a picture.
  private enum Problem: Error, Sendable {
    case bad(String)
    /// It has another size than the first, as it is written here.
    case size(String)
    /// An earlier one has another size already.
    case skipped
  }

  private struct Header {
    let width: Int
    let height: Int
    let isGray: Bool
    var text: String { "\(width)×\(height)" }

    init(_ reader: PictureReader) {
      let format = reader.format
      let turns = reader.metadata.orientation.swapsAxes
      (width, height) =
        turns ? (format.height, format.width) : (format.width, format.height)
      isGray = format.color == .gray || format.color == .grayAlpha
    }
  }

  private func firstHeader(_ listing: Listing) -> (file: FilePath, header: Header)? {
    for example in listing.examples {
      if let bytes = try? read(example, listing), let reader = try? PictureReader(.bytes(bytes)) {
        return (example.file, Header(reader))
      }
    }
    return nil
  }

  /// The bytes of a picture.
  private func read(_ example: Example, _ listing: Listing) throws(DatasetError) -> [UInt8] {
    guard let place = listing.places[example.file] else { return try folder.read(example.file) }
    return try folder.read(place.archive, from: place.offset, count: place.size)
  }

  private func read(
    _ listing: Listing, shape: (width: Int, height: Int), mustMatch: Bool, channels: Int?,
    fit: Fit, memory: MemoryLimit, _ team: ThreadTeam,
    _ progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void
  ) -> [Result<Image, Problem>] {
    let examples = listing.examples
    let results = Mutex(
      [Result<Image, Problem>](repeating: .failure(.skipped), count: examples.count))
    let done = Mutex(0)
    let misfit = Atomic<Int>(.max)
    team.run(examples.count) { index in
      defer {
        done.withLock {
          $0 += 1
          progress($0, examples.count)
        }
      }
      if misfit.load(ordering: .relaxed) < index { return }
      let result: Result<Image, Problem>
      do {
        let reader = try PictureReader(.bytes(read(examples[index], listing)))
        let header = Header(reader)
        if mustMatch, header.width != shape.width || header.height != shape.height {
          misfit.min(index, ordering: .relaxed)
          throw Problem.size(header.text)
        }
        try memory.check(
          reader.pictureBytes, for: "the picture of \(header.text)",
          remedy: "make it smaller, or use fewer --threads")
        let preparation = ImagePreparation(
          width: shape.width, height: shape.height,
          channels: channels ?? (header.isGray ? 1 : 3), fit: fit)
        let picture = try reader.readPicture().upright(from: reader.metadata.orientation)
        result = .success(
          Image(pixels: preparation.image(of: picture), channels: preparation.channels))
      } catch let problem as Problem {
        result = .failure(problem)
      } catch DatasetError.unreadable(_, let reason) {
        // The list of bad files names the file already.
        result = .failure(.bad("cannot be read (\(reason))"))
      } catch let error as CodecError {
        result = .failure(.bad(error.refusal))
      } catch { result = .failure(.bad("\(error)")) }
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }
  }

  private static func checkMemory(
    _ shape: (width: Int, height: Int), _ channels: Int, _ count: Int, _ memory: MemoryLimit
  ) throws(DatasetError) {
    // Twice: the images one by one, and all together.
    let bytes = [shape.width, shape.height, channels, 2].reduce(count) { $0.saturatingProduct($1) }
    do {
      try memory.check(
        bytes, for: "reading \(count) images of \(shape.width)×\(shape.height)",
        remedy: "give a smaller --size, or fewer pictures")
    } catch { throw .memory(error) }
  }

  private func assemble(
    _ listing: Listing, _ images: [Result<Image, Problem>], shape: (width: Int, height: Int),
    channels: Int?, skipBad: Bool
  ) throws(DatasetError) -> Dataset {
    let channels =
      channels ?? images.reduce(1) { most, image in max(most, (try? image.get())?.channels ?? 1) }
    var warnings = listing.warnings
    var bad: [(file: String, reason: String)] = []
    var parts: [Split: (pixels: [UInt8], labels: [Int32], files: [FilePath])] = [:]
    for (example, image) in zip(listing.examples, images) {
      switch image {
      case .success(let image):
        if image.channels == channels {
          parts[example.part, default: ([], [], [])].pixels += image.pixels
        } else {
          for level in image.pixels {
            parts[example.part, default: ([], [], [])].pixels += repeatElement(
              level, count: channels)
          }
        }
        parts[example.part, default: ([], [], [])].labels.append(example.label)
        parts[example.part, default: ([], [], [])].files.append(example.file)
      case .failure(let problem):
        guard case .bad(let reason) = problem else { continue }
        bad.append(("\(example.file)", reason))
        warnings.append(.badPicture(file: "\(example.file)", reason: reason))
      }
    }
    if !skipBad, !bad.isEmpty {
      throw .badPictures(files: bad.map(\.file), reasons: bad.map(\.reason))
    }
    if parts.isEmpty { throw .noPictures(others: nil) }
    func labelled(_ part: Split) -> LabelledImages {
      let (pixels, labels, files) = parts[part] ?? ([], [], [])
      return LabelledImages(
        height: shape.height, width: shape.width, channels: channels, pixels: pixels,
        labels: labels, files: files)
    }
    let (train, test) = (labelled(.train), labelled(.test))
    let validation = parts[.validation] == nil ? nil : labelled(.validation)
    for part in [validation, test].compactMap({ $0 }) {
      if let (count, mine, other) = part.duplicates(of: train) {
        warnings.append(.duplicates(count: count, file: "\(mine)", of: "\(other)"))
      }
    }
    return Dataset(
      name: name, classNames: listing.classNames, train: train, validation: validation, test: test,
      split: test.count > 0 ? .given : .none, warnings: warnings)
  }

  /// The name of the table, or the folder's own, also where it was named as `.` or by a way that ends in `..`.
  private var name: String {
    if let file = table ?? archive { return String("\(file)".prefix { $0 != "." }) }
    let path = folder.path.resolved ?? folder.path
    let name = String(decoding: path.lastComponent, as: UTF8.self).drop { $0 == "." || $0 == "/" }
    return name.isEmpty ? "images" : String(name)
  }
}
