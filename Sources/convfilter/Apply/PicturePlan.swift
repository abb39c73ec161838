import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

/// What is to be done to one picture, decided before anything is written.
struct PicturePlan {
  let filter: FilterPlan
  let fileFormat: FileFormat
  /// What the picture in the file looks like.
  let source: PictureFormat
  /// Pixels of the file's picture to one that is decoded, along either side.
  let denominator: Int
  let course: Course
  /// How the colours of the file become others.
  let conversion: ColorConversion?
  let profile: ColorTarget?
  /// How the picture is turned before it is filtered.
  var turn: Orientation { course.turn }
  let form: ResultForm
  /// What the rows that are written look like.
  var output: PictureFormat { form.format }
  /// Bytes that the decoder and the writer hold besides bands.
  let coding: Int
  /// Whether the file can be read twice, where that saves a whole picture in memory.
  let again: Bool
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
      // No page of it can be chosen for a format that is read only.
      if !fileFormat.isWritten {
        throw Outcome.Failure(place: "\(output)", CodecError.notWritten(fileFormat))
      }
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
    let options = try Self.options(settings, for: input, as: fileFormat, at: output, &warnings)
    filter = try FilterPlan(
      input: input, stages: stages, options: options, selection: settings.selection)
    // A decoder that holds the picture itself would hold it twice.
    again = picture.again != nil && course.turn == .upright && reader.memory == 0
    warnings += filter.warnings.map(\.description)
    if filter.mostPixels > max(settings.limits.pixels, input.width * input.height) {
      throw Outcome.Failure(
        place: "\(output)",
        message:
          "the stages make a picture of \(filter.mostPixels) pixels, more than the \(settings.limits.pixels) "
          + "that --limit-pixels allows; ask for a smaller one, or allow more")
    }

    form = try ResultForm(
      filter.output, as: fileFormat, pnmKind: settings.writing.pnmKind ?? output.pnmKind,
      background: settings.background, or: reader.metadata.background, at: output, &warnings)
    var writing = settings.writing
    writing.pnmKind = form.pnmKind
    writing.keepsLevels = settings.options.depth == .keep
    coding = PictureWriter.memory(
      form.format, as: fileFormat, writing, keeping: reader.encoding,
      series: series
    ).saturatingSum(reader.memory)
      .saturatingSum(try Self.gainMapMemory(reader.metadata.gainMap, form.format, output))
    self.fileFormat = fileFormat
    let said = settings.keepsMetadata ? reader.metadata : reader.metadata.meaningOfPixels
    let (metadata, lost) = described(said)
    self.metadata = metadata
    // A profile speaks of gray, RGB or CMYK, and means nothing to the others.
    let stored = conversion?.format.color ?? reader.storedColor
    if stored.colorChannels != form.format.color.colorChannels {
      self.metadata.colorProfile = nil
    }
    // Of a result that is laid on a colour none stands behind.
    if !form.background.isEmpty { self.metadata.background = nil }
    warnings += lost.map { "\($0) shows the picture as it was: it is left out" }
    warnings += noPlace(
      for: self.metadata.translated(to: fileFormat, beside: form.format.color).lost)
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

  /// The options of the filters, with what the picture and the format of the result make of them.
  ///
  /// - Parameter warnings: gains what the format does not hold.
  /// - Throws: for a format that cannot hold the result at all.
  private static func options(
    _ settings: PictureFilter.Settings, for input: PictureFormat, as fileFormat: FileFormat,
    at output: Job.Output, _ warnings: inout [String]
  ) throws -> FilterOptions {
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
    return options
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
