import Raster

/// Reads the frames of an animated PNG file, one after the other, as they are seen over those before them.
///
/// Where the picture itself is no frame, it comes first. Only the compressed data of one frame are held, and
/// what is seen.
final class APNGReader: FormatReader {
  let format: PictureFormat
  let encoding: Encoding
  let metadata: Metadata
  let memory: Int
  let series: PictureSeries?
  let others: [String]
  private(set) var warnings: [String]
  private(set) var isDamaged: Bool
  private let source: SourceHandle
  private let limits: Limits
  private let damage: DamagePolicy
  private let file: APNGFile
  private let canvas: APNGCanvas
  /// Which frame is shown; -1 for the picture that is none.
  private var frame: Int

  /// A reader of the frames, or of the picture of a file that does not hold the frames it promises.
  ///
  /// - Parameter page: which picture (≥ 1); nil for all of them.
  static func reader(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, page: Int?
  ) throws(CodecError) -> any FormatReader {
    try source.makeSeekable(limits, .png)
    var found: APNGFile?
    do throws(CodecError) {
      found = try APNGFile(source, limits, damage)
    } catch {
      guard damage == .tolerate else { throw error }
    }
    if let file = found {
      let reader = try APNGReader(file, source, limits, damage, isSeries: page == nil)
      for number in 1..<(page ?? 1) {
        guard try reader.advance() else { throw .noSuchPage(page!, of: number) }
      }
      return reader
    }
    try source.restart(.png)
    if let page, page > 1 { throw .noSuchPage(page, of: 1) }
    return try PNGReader(source, limits, damage, namesFrames: page == nil)
  }

  private init(
    _ file: APNGFile, _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy,
    isSeries: Bool
  ) throws(CodecError) {
    self.file = file
    self.source = source
    self.limits = limits
    self.damage = damage
    let first = try PNGReader(
      SourceHandle(.bytes(file.still(source, limits))), limits, damage, namesFrames: false)
    let picture = Picture(first.format)
    try first.read(into: picture.band)
    encoding = first.encoding
    metadata = first.metadata
    warnings = first.warnings
    isDamaged = first.isDamaged
    var format = first.format
    if !format.color.hasAlpha, file.needsAlpha {
      format.color = format.color == .gray ? .grayAlpha : .rgba
    }
    self.format = format
    canvas = APNGCanvas(format)
    // What is seen, a frame, and what was seen before it.
    memory = format.bytesPerRow.saturatingProduct(format.height).saturatingProduct(3)
    let still = file.hasStill ? 1 : 0
    series =
      isSeries
      ? PictureSeries(
        count: file.frames.count + still, plays: file.plays, hasStill: file.hasStill) : nil
    others = file.holdsMore ? ["data behind the picture"] : []
    frame = file.hasStill ? -1 : 0
    if file.hasStill {
      canvas.show(picture)
    } else {
      canvas.lay(picture, file.frames[0])
    }
  }

  var frameTime: FrameTime? { frame < 0 ? nil : file.frames[frame].time }

  func advance() throws(CodecError) -> Bool {
    guard frame + 1 < file.frames.count else { return false }
    if frame < 0 { canvas.clear() } else { canvas.dispose(file.frames[frame]) }
    frame += 1
    let next = file.frames[frame]
    let part = try file.file(of: next, source, limits, damage)
    let reader = try PNGReader(
      SourceHandle(.bytes(part.bytes)), limits, damage, namesFrames: false)
    let picture = Picture(reader.format)
    try reader.read(into: picture.band)
    isDamaged = isDamaged || part.isDamaged || reader.isDamaged
    for warning in reader.warnings where !warnings.contains(warning) { warnings.append(warning) }
    canvas.lay(picture, next)
    return true
  }

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows {
      // Safety: both rows are `format.bytesPerRow` long.
      band.row(y).copyMemory(from: canvas.picture.row(y), byteCount: format.bytesPerRow)
    }
  }
}

/// What is seen of an animated PNG file.
private final class APNGCanvas {
  let picture: Picture
  /// What a frame covers that will be taken away.
  private var saved: [UInt8] = []

  init(_ format: PictureFormat) { picture = Picture(format) }

  private var format: PictureFormat { picture.format }
  private var pixel: Int { format.color.channels * format.sample.byteCount }

  /// Empties all of it.
  func clear() {
    for y in 0..<format.height { fill(y, 0..<format.width) }
  }

  private func fill(_ y: Int, _ columns: Range<Int>) {
    // Safety: the columns lie within the row.
    (picture.row(y) + columns.lowerBound * pixel).initializeMemory(
      as: UInt8.self, repeating: 0, count: columns.count * pixel)
  }

  /// Shows a picture of the same size in the place of everything.
  func show(_ other: Picture) {
    for y in 0..<format.height { put(other, y, at: 0, y, blends: false) }
  }

  func lay(_ other: Picture, _ frame: APNGFile.Frame) {
    if frame.disposal == .restore {
      saved = []
      for y in frame.top..<frame.top + frame.height {
        saved += UnsafeRawBufferPointer(
          start: picture.row(y) + frame.left * pixel, count: frame.width * pixel)
      }
    }
    for y in 0..<frame.height {
      put(other, y, at: frame.left, frame.top + y, blends: frame.blends)
    }
  }

  func dispose(_ frame: APNGFile.Frame) {
    switch frame.disposal {
    case .keep: break
    case .clear:
      for y in frame.top..<frame.top + frame.height {
        fill(y, frame.left..<frame.left + frame.width)
      }
    case .restore:
      saved.withUnsafeBytes { bytes in
        for y in 0..<frame.height {
          // Safety: `saved` holds a row of the frame for each of its rows.
          (picture.row(frame.top + y) + frame.left * pixel).copyMemory(
            from: bytes.baseAddress! + y * frame.width * pixel, byteCount: frame.width * pixel)
        }
      }
    }
  }

  /// Lays row `row` of a picture from column `x` of row `y` on.
  private func put(_ other: Picture, _ row: Int, at x: Int, _ y: Int, blends: Bool) {
    let source = UnsafeRawPointer(other.row(row))
    let target = picture.row(y) + x * pixel
    let width = other.format.width
    // Safety: the frame lies within the canvas, and both have the same kind of samples.
    if other.format.color == format.color, !(blends && format.color.hasAlpha) {
      target.copyMemory(from: source, byteCount: width * pixel)
    } else if format.sample == .uint8 {
      lay(
        source.assumingMemoryBound(to: UInt8.self), on: target.assumingMemoryBound(to: UInt8.self),
        width, hasAlpha: other.format.color.hasAlpha)
    } else {
      lay(
        source.assumingMemoryBound(to: UInt16.self),
        on: target.assumingMemoryBound(to: UInt16.self), width,
        hasAlpha: other.format.color.hasAlpha)
    }
  }

  /// Lays pixels over others, by their alpha:
  ///
  ///     alpha = s·full + (full − s)·t        colour = (colour_s·s·full + colour_t·(full − s)·t) / alpha
  ///
  /// - SeeAlso: PNG, 13.16; colours are not multiplied by alpha.
  private func lay<Sample: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafePointer<Sample>, on target: UnsafeMutablePointer<Sample>, _ width: Int,
    hasAlpha: Bool
  ) {
    let colors = format.color.colorChannels
    let full = UInt64(Sample.max)
    let step = hasAlpha ? colors + 1 : colors
    for x in 0..<width {
      let (from, to) = (source + x * step, target + x * (colors + 1))
      let alpha = hasAlpha ? UInt64(from[colors]) : full
      if alpha == 0 { continue }
      let above = alpha * full
      let below = (full - alpha) * UInt64(to[colors])
      let sum = above + below
      for color in 0..<colors {
        to[color] = Sample(
          (UInt64(from[color]) * above + UInt64(to[color]) * below + sum / 2) / sum)
      }
      to[colors] = Sample((sum + full / 2) / full)
    }
  }
}
