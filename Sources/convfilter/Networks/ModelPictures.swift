import ConvNet
import Datasets
import ImageCodecs
import Raster
import Synchronization

/// Brings pictures to the size and the channels that a model takes.
struct ModelPictures {
  private let input: FeatureShape
  private let preparation: ImagePreparation
  private let memory: MemoryLimit
  private let page: Int?
  private let inverts: Bool
  private let diagnostics: Diagnostics

  /// - Parameters:
  ///   - memory: what a picture may take.
  ///   - page: which picture of files with several (≥ 1), nil for the first.
  ///   - inverts: whether dark becomes light: for a model that learnt light strokes on a dark ground, say,
  ///     and pictures of ink on paper.
  ///   - diagnostics: what says that a file holds more than what the model sees.
  /// - Throws: a `CommandFailure` for a model of something else.
  init(
    _ model: Model, memory: MemoryLimit, page: Int? = nil, inverts: Bool = false,
    diagnostics: Diagnostics
  ) throws {
    try model.checkTakesPictures()
    self.memory = memory
    self.page = page
    self.inverts = inverts
    self.diagnostics = diagnostics
    input = model.network.input
    let fit = model.facts["fit"].flatMap { Fit(rawValue: $0) } ?? .crop
    let size = model.imageSize
    preparation = ImagePreparation(
      width: size.width, height: size.height, channels: input.channels, fit: fit)
  }

  /// The pictures that the user named; folders stand for the pictures in them.
  ///
  /// - Parameter recursive: whether those in folders of the folders count, too.
  func files(_ names: [String], recursive: Bool) throws -> [FilePath] {
    let walk = FolderWalk(recursive: recursive)
    return try names.flatMap { name -> [FilePath] in
      let path = FilePath(argument: name)
      if name == "-" { return [path] }
      guard let status = try CommandFailure.at(name, { try FileStatus(path) }),
        status.kind == .folder
      else { return [path] }
      let findings = walk.findings(in: path)
      if let (folder, failure) = findings.failures.first {
        throw CommandFailure("\(failure)", at: "\(folder)")
      }
      return findings.pictures.map { path.appending($0.bytes) }
    }
  }

  /// What the model sees of several pictures, read side by side.
  func levels(of files: [FilePath], team: ThreadTeam) -> [Result<[Float], any Error>] {
    let results = Mutex([Result<[Float], any Error>?](repeating: nil, count: files.count))
    team.run(files.count) { index in
      let result = Result { try levels(of: files[index]) }
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.map { $0! } }
  }

  /// What the model sees: height, width, channels, 0…255.
  ///
  /// - Throws: `FileError`, `MemoryError`, or a `CommandFailure` that says what is wrong with it.
  func levels(of file: FilePath) throws -> [Float] {
    let isInput = file == FilePath("-")
    let opened = isInput ? OpenFile.standardInput : try OpenFile(file)
    _ = try opened.pictureStatus()
    let picture: Picture
    let extent: ImagePreparation.Extent
    do {
      let reader = try PictureReader(.descriptor(opened.descriptor), page: page)
      extent = try preparation.reduce(reader)
      try memory.check(
        reader.pictureBytes, for: "the picture", remedy: "make it smaller first")
      picture = try reader.readPicture().upright(from: reader.metadata.orientation)
      if !reader.others.isEmpty {
        diagnostics.warning(
          "holds \(reader.others.joined(separator: ", ")) besides its first picture, which alone is "
            + "looked at", at: "\(file)")
      }
    } catch let error as CodecError {
      throw CommandFailure(error.refusal)
    }
    return middle(of: preparation.image(of: picture, extent: extent)).map {
      Float(inverts ? 255 - $0 : $0)
    }
  }

  /// The part in the middle that a model sees which learnt from crops, as evaluation takes it.
  private func middle(of image: [UInt8]) -> [UInt8] {
    let top = (preparation.height - input.height) / 2
    let left = (preparation.width - input.width) / 2
    return (top..<top + input.height).flatMap { y in
      let first = (y * preparation.width + left) * input.channels
      return image[first..<first + input.width * input.channels]
    }
  }

  /// The levels as a picture, enlarged so that its pixels can be seen.
  func drawing(_ levels: [Float]) -> Picture {
    let scale = max(1, 256 / max(input.width, input.height))
    let color: ColorModel = input.channels == 1 ? .gray : .rgb
    let picture = Picture(
      PictureFormat(
        width: input.width * scale, height: input.height * scale, color: color, sample: .uint8))
    for y in 0..<input.height * scale {
      // Safety: a row holds `width · scale · channels` samples of a byte.
      let row = picture.row(y).assumingMemoryBound(to: UInt8.self)
      for x in 0..<input.width * scale {
        for channel in 0..<color.channels {
          let place = (y / scale * input.width + x / scale) * input.channels + channel
          row[x * color.channels + channel] = UInt8(levels[place])
        }
      }
    }
    return picture
  }
}
