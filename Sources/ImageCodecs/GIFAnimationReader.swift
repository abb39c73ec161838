import Raster

/// Reads all frames of a GIF file, one after the other, each as it is seen over those that stay below it.
///
/// All come out in the same colours: gray where every palette is, with alpha where a pixel may be
/// transparent.
final class GIFAnimationReader: FormatReader {
  let format: PictureFormat
  let encoding: Encoding
  let series: PictureSeries?
  let memory: Int
  private(set) var warnings: [String] = []
  private(set) var others: [String] = []
  private(set) var isDamaged = false
  private let damage: DamagePolicy
  private var file: GIFFile
  private var canvas: GIFCanvas
  private var frame: GIFFrame
  private var number = 1
  private let frames: Int
  private let end: GIFFile

  /// A reader of all frames, or of the only one.
  static func reader(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy
  ) throws(CodecError) -> any FormatReader {
    try source.makeSeekable(limits, .gif)
    let survey = try GIFSurvey(source, limits, damage)
    try source.restart(.gif)
    return survey.frames > 1
      ? try GIFAnimationReader(source, limits, damage, survey)
      : try GIFReader(source, limits, damage, page: nil)
  }

  private init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, _ survey: GIFSurvey
  ) throws(CodecError) {
    file = try GIFFile(source, limits)
    end = survey.end
    self.damage = damage
    frames = survey.frames
    canvas = GIFCanvas(width: file.width, height: file.height, isKept: true)
    memory = file.width.saturatingProduct(file.height).saturatingProduct(8)
    guard let first = try file.nextFrame() else {
      throw .damaged(.gif, "there is no picture in it")
    }
    frame = first
    series = PictureSeries(count: survey.frames, plays: survey.end.plays)
    isDamaged = !survey.warnings.isEmpty
    warnings = survey.warnings + survey.end.warnings
    try canvas.prepare(for: first)
    let fault = try Self.lay(first, from: &file, on: &canvas, damage)
    // What is opaque stays so, unless a frame is taken away.
    let isOpaque = !canvas.color.hasAlpha && !survey.clears
    format = PictureFormat(
      width: file.width, height: file.height,
      color: survey.isGray ? (isOpaque ? .gray : .grayAlpha) : isOpaque ? .rgb : .rgba,
      sample: .uint8)
    encoding = .gif(survey.colors.encoding(hasAlpha: !isOpaque))
    if survey.holdsMore { others = ["data behind the picture"] }
    note(fault)
  }

  /// What all blocks of the file say.
  var metadata: Metadata { end.metadata }
  var frameTime: FrameTime? { FrameTime(frame.delay, 100) }

  func advance() throws(CodecError) -> Bool {
    guard number < frames else { return false }
    canvas.dispose(frame)
    guard let next = try file.nextFrame() else { throw .truncated(.gif, "within its frames") }
    frame = next
    number += 1
    try canvas.prepare(for: next)
    note(try Self.lay(next, from: &file, on: &canvas, damage))
    return true
  }

  /// Lays a frame on the canvas.
  ///
  /// - Returns: a fault that is borne; what is missing is seen as it was before.
  private static func lay(
    _ frame: GIFFrame, from file: inout GIFFile, on canvas: inout GIFCanvas, _ damage: DamagePolicy
  ) throws(CodecError) -> CodecError? {
    do throws(CodecError) {
      try file.decode(frame) { row, pixels in canvas.lay(pixels, row: row, of: frame) }
      return nil
    } catch {
      guard damage == .tolerate else { throw error }
      return error
    }
  }

  private func note(_ fault: CodecError?) {
    guard fault != nil else { return }
    isDamaged = true
    let warning = "the file is damaged; what is missing of a frame shows the one before"
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows {
      canvas.write(
        y, into: UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow))
    }
  }
}

/// What can be known of the frames of a GIF file without their pixels.
private struct GIFSurvey {
  private(set) var frames = 0
  /// Whether all palettes are gray.
  private(set) var isGray = true
  /// Whether the place of a frame is empty before the next one comes.
  private(set) var clears = false
  private(set) var holdsMore = false
  private(set) var colors = GIFColors()
  private(set) var warnings: [String] = []
  /// The file behind its last frame.
  private(set) var end: GIFFile

  init(_ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy) throws(CodecError) {
    end = try GIFFile(source, limits)
    do throws(CodecError) {
      var isCleared = false
      while let frame = try end.nextFrame() {
        clears = clears || isCleared
        isCleared = frame.disposal == .clear || (frames == 0 && frame.disposal == .restore)
        isGray = isGray && frame.isGray
        colors.add(frame)
        frames += 1
        try end.skipPixels()
      }
      holdsMore = try end.holdsMore()
    } catch {
      guard damage == .tolerate else { throw error }
      warnings.append("the file is damaged; frames may be missing")
    }
  }
}

extension GIFFrame {
  /// Whether all its colours are gray.
  fileprivate var isGray: Bool {
    for color in stride(from: 0, to: palette.count, by: 3)
    where palette[color] != palette[color + 1] || palette[color] != palette[color + 2] {
      return false
    }
    return true
  }
}
