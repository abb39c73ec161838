import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

/// What is to be done to one picture, decided before anything is written.
struct PicturePlan {
  let filter: FilterPlan
  let fileFormat: FileFormat
  /// Which of the Netpbm family the result is, where its name says so.
  let pnmKind: PNMKind?
  /// What the picture in the file looks like.
  let source: PictureFormat
  /// Pixels of the file's picture to one that is decoded, along either side.
  let denominator: Int
  private let course: Course
  /// How the colours of the file become others.
  let conversion: ColorConversion?
  private let profile: ColorTarget?
  /// How the picture is turned before it is filtered.
  var turn: Orientation { course.turn }
  /// What the rows that are written look like.
  let output: PictureFormat
  /// What a result with alpha is laid on, a sample a colour, where the file holds none.
  let background: [Int]
  /// Bytes that the decoder and the writer hold besides bands.
  private let coding: Int
  /// Whether the file can be read twice, where that saves a whole picture in memory.
  private let again: Bool
  /// The pictures that the result holds, nil for one.
  let series: PictureSeries?
  /// What the result says besides its pixels.
  private(set) var metadata = Metadata()
  private(set) var warnings: [String] = []

  /// - Parameter output: where the result goes.
  init(
    _ picture: borrowing OpenPicture, _ output: Job.Output, _ settings: PictureFilter.Settings
  ) throws {
    let reader = picture.reader
    let fileFormat = try Self.fileFormat(output, reader.fileFormat, settings)
    var held = reader.series
    if held?.hasStill == true, fileFormat == .webp, reader.frameTime == nil, try reader.advance() {
      held = PictureSeries(count: held?.frames, plays: held?.plays)
      warnings.append(
        "its first picture, for viewers without animation, has no place in WebP: it is left out")
    }
    let fit = held?.held(by: fileFormat, &warnings)
    series = fit?.series
    if fit?.fits == false {
      throw Outcome.Failure(notHeldBy: fileFormat, reader, picture)
    }
    source = reader.format
    course = Course(reader, fileFormat, settings)
    // A decoder that leaves out detail mixes levels, not light.
    let stages = settings.options.linear ? course.stages : try Self.reduce(reader, course)
    denominator = stages.first?.denominator ?? 1
    profile = settings.profile
    conversion =
      if let target = settings.profile {
        try ColorConversion.usable(reader.format, reader.metadata, to: target, &warnings)
      } else { nil }
    if conversion?.mixesInks == true {
      warnings.append("its inks have no colour profile: they are mixed as light")
    }
    var input = reader.format
    if let conversion { input.color = conversion.format.color }
    if course.turn.swapsAxes { (input.width, input.height) = (input.height, input.width) }

    var options = settings.options
    options.channels = try settings.channels.choice(for: input.color)
    if !fileFormat.isWritten {
      throw Outcome.Failure(place: "\(output)", CodecError.notWritten(fileFormat))
    }
    if fileFormat.bits == 8, input.sample == .uint16, options.depth == .keep {
      options.depth = .eight
      warnings.append("\(fileFormat.name) holds 8 bits a sample: results are rounded to them")
    }
    if settings.writing.isLossless == true, fileFormat == .jpeg {
      warnings.append("JPEG is never without loss: --lossless is ignored; PNG, WebP or JPEG XL are")
    }
    if input.sample == .float32, !fileFormat.holdsFloats, options.depth == .keep {
      throw Outcome.Failure(
        place: "\(output)",
        message:
          "\(fileFormat.name) holds no floats, which the picture has; say --depth 8 or 16, so that "
          + "0 to 1 becomes black to white (--range auto brings other numbers there), or name the result "
          + ".tif, .npy or .pfm")
    }
    filter = try FilterPlan(
      input: input, stages: stages, options: options, selection: settings.selection)
    // A decoder that holds the picture itself would hold it twice.
    again = picture.again != nil && course.turn == .upright && reader.memory == 0
    warnings += filter.warnings.map(\.description)
    if filter.mostPixels > max(settings.limits.pixels, input.width * input.height) {
      throw Outcome.Failure(
        place: "\(output)",
        message:
          "the stages make a picture of \(filter.mostPixels) pixels, more than --limit-pixels "
          + "allows; ask for a smaller one, or allow more")
    }

    var flat = filter.output
    pnmKind = fileFormat == .pnm ? settings.writing.pnmKind ?? output.pnmKind : nil
    let name = pnmKind?.rawValue.uppercased() ?? fileFormat.name
    if !fileFormat.holdsAlpha || pnmKind?.holdsAlpha == false, flat.color.hasAlpha,
      flat.sample != .float32
    {
      flat.color = flat.color == .rgba ? .rgb : .gray
      let own = settings.background ?? reader.metadata.background
      let (colors, bits) = (flat.color.channels, flat.sample == .uint16 ? 16 : 8)
      let chosen = own?.fitted(colors: colors, bits: bits)
      background =
        chosen.map { $0.map { Int($0) } } ?? [Int](repeating: 1 << bits - 1, count: colors)
      let isWhite = background.allSatisfy { $0 == 1 << bits - 1 }
      warnings.append(
        "\(name) holds no alpha: the result is laid on "
          + (isWhite
            ? "white"
            : (settings.background == nil ? "its background " : "")
              + background.map { "\($0)" }.joined(separator: ",")))
    } else {
      background = []
    }
    if pnmKind?.holdsColor == false, flat.color != .gray {
      throw Outcome.Failure(
        place: "\(output)",
        message: "\(name) holds gray only, the result has colours; name it .ppm or .pnm")
    }
    do throws(CodecError) {
      try PictureWriter.check(flat, in: fileFormat)
    } catch {
      throw Outcome.Failure(place: "\(output)", error)
    }
    self.output = flat
    coding = PictureWriter.memory(
      flat, as: fileFormat, settings.writing, keeping: reader.encoding,
      isAnimation: series?.plays != nil
    ).saturatingSum(reader.memory)
    self.fileFormat = fileFormat
    let said = settings.keepsMetadata ? reader.metadata : reader.metadata.meaningOfPixels
    let (metadata, lost) = described(said)
    self.metadata = metadata
    // A profile speaks of gray, RGB or CMYK, and means nothing to the others.
    let stored = conversion?.format.color ?? reader.storedColor
    if stored.colorChannels != flat.color.colorChannels {
      self.metadata.colorProfile = nil
    }
    warnings += lost.map { "\($0) shows the picture as it was: it is left out" }
    warnings += noPlace(for: self.metadata.translated(to: fileFormat, beside: flat.color).lost)
  }

  /// Bytes that filtering takes at most, a picture that is turned included.
  func memory(threads: Int) -> Int {
    filter.memory(threads: threads, again: again).saturatingSum(besides)
  }

  /// - Throws: `MemoryError` for what takes more than it may.
  func checkMemory(threads: Int, within limit: MemoryLimit) throws(MemoryError) {
    try filter.check(threads: threads, again: again, more: besides, within: limit)
  }

  /// The picture from its first row once more, as it is filtered; nil where that cannot be, or would save nothing.
  func again(_ picture: borrowing OpenPicture) -> (() throws -> any RowSource)? {
    guard again, filter.looksTwice, let open = picture.again else { return nil }
    return {
      let reader = try open()
      if denominator > 1 { _ = try reader.reduce(by: denominator) }
      return conversion?.source(reader) ?? reader
    }
  }

  /// What decoder and writer hold, and a picture that is turned.
  private var besides: Int { coding.saturatingSum(turning) }

  /// The picture as it was read and as it is turned.
  private var turning: Int {
    turn == .upright ? 0 : filter.input.pictureBytes.saturatingProduct(2)
  }

  /// The format of the result: as told, else by its name, else the input's.
  private static func fileFormat(
    _ output: Job.Output, _ input: FileFormat, _ settings: PictureFilter.Settings
  ) throws(Outcome.Failure) -> FileFormat {
    if let format = settings.target(output) { return format }
    guard case .file(let path, let makesFolders) = output else { return input }
    // A name that somebody wrote is meant; one that comes from the input is as good as it was.
    if !makesFolders, !path.fileExtension.isEmpty {
      throw Outcome.Failure(place: "\(output)", FileError.unknownEnding(path.fileExtension))
    }
    return input
  }

  /// Lets a JPEG be decoded smaller where the first stage is content with that.
  ///
  /// - Returns: the stages for the smaller picture.
  private static func reduce(
    _ reader: PictureReader, _ course: Course
  ) throws(CodecError) -> [Stage] {
    let (turn, stages) = (course.turn, course.stages)
    let (width, height) = (reader.format.width, reader.format.height)
    guard reader.fileFormat == .jpeg, var first = stages.first,
      case .change(.resize(let resizing)) = first.operation,
      let reduced = resizing.reduced(
        width: turn.swapsAxes ? height : width, height: turn.swapsAxes ? width : height,
        denominators: [8, 4, 2]),
      let reduction = reduced.reduction, try reader.reduce(by: reduction.denominator)
    else { return stages }
    first.operation = .change(.resize(reduced))
    return [first] + stages.dropFirst()
  }
}

extension PictureFilter.Settings {
  /// The format of the result as far as it is known without the input.
  func target(_ output: Job.Output) -> FileFormat? {
    if let format { return format }
    guard case .file(let path, _) = output else { return nil }
    return FileFormat(fileExtension: path.fileExtension)
  }
}

extension PicturePlan {
  /// What the input says, made true of the result, and what was taken out of it.
  func described(_ said: Metadata) -> (metadata: Metadata, lost: [String]) {
    var metadata = profile.map { said.converted(to: $0) } ?? said
    let lost = metadata.describe(output, turned: turn != .upright)
    return (metadata, lost)
  }

  /// Warnings of what came to light only with the last row.
  func warnings(behind reader: PictureReader, _ settings: PictureFilter.Settings) -> [String] {
    // Of several pictures the reader speaks of the last; the others have been planned as it came to them.
    if reader.series != nil {
      return reader.warnings + (reader.isDamaged ? ["is damaged; parts of it are made up"] : [])
    }
    return reader.warnings + filter.lateWarnings.map(\.description)
      + (settings.keepsMetadata
        ? noPlace(for: metadata.lostBehindPixels(late: reader.metadata, in: fileFormat)) : [])
      + (Course(reader, fileFormat, settings) == course
        ? [] : ["says only behind its pixels how to turn it: it was filtered as it is stored"])
      + (reader.isDamaged ? ["is damaged; parts of it are made up"] : [])
  }

  private func noPlace(for lost: [String]) -> [String] {
    lost.map { "\(fileFormat.name) has no place for \($0): it is left out" }
  }
}

extension Job.Output {
  /// What the name of the result says about its kind.
  fileprivate var pnmKind: PNMKind? {
    switch self {
    case .standardOutput: nil
    case .file(let path, _), .inPlace(let path): PNMKind(fileExtension: path.fileExtension)
    }
  }
}

extension PictureReader {
  /// The colours in the file, before inks were turned into light.
  fileprivate var storedColor: ColorModel {
    encoding.isInk ? .cmyk : format.color
  }
}
