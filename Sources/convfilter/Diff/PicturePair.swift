import Comparison
import ImageCodecs
import Raster
import Synchronization

/// Two pictures to compare.
struct PicturePair {
  struct Settings {
    var limits: Limits
    var memory: MemoryLimit
    /// Which picture of each file with several, nil for files with one.
    var page: Int?
    /// Whether other samples are compared as the wider ones.
    var hasCommonScale: Bool
    /// From black to white; nil for full intensity.
    var dataRange: Double?
    /// Of the picture of the differences (≥ 1).
    var gain: Int
    /// Whether that picture may replace a file.
    var force: Bool
  }

  /// What was compared, and what was found.
  struct Findings {
    var format: PictureFormat
    var difference: PictureDifference
    /// Files, and what they hold besides what was compared.
    var others: [(path: FilePath, what: String)]
  }

  /// How the pair is called.
  let name: FilePath
  /// Nil where there is none of the name.
  let first: FilePath?
  let second: FilePath?
  /// The picture of the differences.
  let output: FilePath?
  let makesFolders: Bool
  /// The folder that lacks the picture, where one does.
  var lonely: FilePath?

  func measure(_ settings: Settings, _ team: ThreadTeam) -> Result<Findings, CommandFailure> {
    do {
      return .success(try findings(settings, team))
    } catch let failure as CommandFailure {
      return .failure(failure)
    } catch {
      return .failure(CommandFailure("\(error)", at: "\(name)"))
    }
  }

  private func findings(_ settings: Settings, _ team: ThreadTeam) throws -> Findings {
    guard let first, let second else {
      throw CommandFailure("has no partner in \(lonely ?? name)", at: "\(first ?? second ?? name)")
    }
    let pictures = [
      try ComparedPicture(first, settings.limits, page: settings.page),
      try ComparedPicture(second, settings.limits, page: settings.page),
    ]
    let format = try commonFormat(pictures, settings)
    try check(pictures, format, settings)
    // Each stands as its file says, unless both files say the same.
    if pictures[0].orientation != pictures[1].orientation {
      for picture in pictures { try picture.turn() }
    }
    guard let output else {
      let difference = try compare(pictures, format, settings, team)
      return Findings(format: format, difference: difference, others: try others(pictures))
    }
    let place = try CommandFailure.at("\(output)") { () throws -> OutputPlace in
      if FileFormat(fileExtension: output.fileExtension) == nil {
        throw FileError.unknownEnding(output.fileExtension)
      }
      let place = try OutputPlace(output)
      try InputFiles([first, second]).check(place.existing)
      if place.existing?.kind == .regular, !settings.force { throw FileError.exists }
      if makesFolders { try OutputPlace.makeFolders(to: place.path) }
      return place
    }
    return try CommandFailure.at("\(output)") {
      let file = try ResultFile(place)
      let target = DifferencePicture.format(format)
      let kind = FileFormat(fileExtension: output.fileExtension)!
      try PictureWriter.check(target, in: kind)
      let writer = try PictureWriter(target, as: kind, to: .descriptor(file.descriptor))
      let difference = try compare(
        pictures, format, settings, team,
        DifferenceSink(writer, format, gain: settings.gain))
      let others = try others(pictures)
      try file.publish(
        replacing: place.existing, mayReplace: settings.force, durable: false, times: nil)
      return Findings(format: format, difference: difference, others: others)
    }
  }

  /// What files hold besides pictures that were compared.
  private func others(_ pictures: [ComparedPicture]) throws -> [(path: FilePath, what: String)] {
    try pictures.flatMap { picture in
      try picture.finish().map { (picture.path, $0) }
    }
  }

  /// - Throws: `CommandFailure` for pictures that are not of one shape.
  private func commonFormat(
    _ pictures: [ComparedPicture], _ settings: Settings
  ) throws(CommandFailure) -> PictureFormat {
    let (a, b) = (pictures[0].uprightFormat, pictures[1].uprightFormat)
    func refusal(_ what: String, _ remedy: String) -> CommandFailure {
      CommandFailure("\(what); \(remedy)", at: "\(pictures[1].path)")
    }
    if (a.width, a.height) != (b.width, b.height) {
      throw refusal(
        "is \(b.width)x\(b.height), \(pictures[0].path) is \(a.width)x\(a.height)",
        "bring them to one size first")
    }
    if a.color != b.color {
      throw refusal(
        "is \(b.color.text), \(pictures[0].path) is \(a.color.text)", "store both alike first")
    }
    if a.sample != b.sample, !settings.hasCommonScale {
      let floats = a.sample == .float32 || b.sample == .float32
      throw refusal(
        "has \(b.sample.text), \(pictures[0].path) has \(a.sample.text)",
        "say --common-scale to compare both as \(floats ? "floats from 0 to 1" : "16")")
    }
    return a.sample.byteCount > b.sample.byteCount ? a : b
  }

  private func check(
    _ pictures: [ComparedPicture], _ format: PictureFormat, _ settings: Settings
  ) throws {
    let isTurned = pictures[0].orientation != pictures[1].orientation
    let bands = format.bytesPerRow.times(5 * DifferenceSink.bandRows) ?? .max
    let needed = pictures.reduce(PictureComparison.memory(format).saturatingSum(bands)) {
      $0.saturatingSum(isTurned ? $1.reader.pictureBytes : 0)
    }
    try settings.memory.check(needed, for: "comparing them", remedy: "compare parts of them")
  }

  private func compare(
    _ pictures: [ComparedPicture], _ format: PictureFormat, _ settings: Settings,
    _ team: ThreadTeam, _ sink: DifferenceSink? = nil
  ) throws -> PictureDifference {
    var stored = format
    if pictures[0].orientation == pictures[1].orientation {
      (stored.width, stored.height) = (pictures[0].format.width, pictures[0].format.height)
    }
    let comparison = PictureComparison(stored, dataRange: settings.dataRange, team: team)
    let step = sink?.bandRows ?? DifferenceSink.bandRows
    var band = stored
    band.height = min(stored.height, step)
    let bands = [Picture(band), Picture(band)]
    for first in stride(from: 0, to: stored.height, by: step) {
      let count = min(step, stored.height - first)
      let rows = bands.map {
        RowBand(base: $0.base, pitch: $0.pitch, firstRow: first, count: count)
      }
      let failures = Mutex<[any Error]>([])
      // Safety: each picture is read by one thread, into its own band.
      nonisolated(unsafe) let pictures = pictures
      team.run(2) { index in
        do {
          try pictures[index].read(into: rows[index], as: format.sample)
        } catch {
          failures.withLock { $0.append(error) }
        }
      }
      if let failure = failures.withLock({ $0.first }) { throw failure }
      comparison.add(rows[0], rows[1])
      try sink?.add(rows[0], rows[1])
    }
    try sink?.finish()
    return comparison.finish()
  }
}

extension SampleType {
  fileprivate var text: String {
    self == .float32 ? "floats" : "\(byteCount * 8) bits a sample"
  }
}

extension ColorModel {
  fileprivate var text: String {
    switch self {
    case .gray: "gray"
    case .grayAlpha: "gray with alpha"
    case .rgb: "RGB"
    case .rgba: "RGB with alpha"
    case .cmyk: "CMYK"
    }
  }
}
