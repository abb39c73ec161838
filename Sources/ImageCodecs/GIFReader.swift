import Raster

/// Reads GIF: a frame, shown with those that stay below it; gray where all its colours are, and with
/// alpha where a pixel is transparent.
///
/// The picture is decoded when the file is opened.
///
/// - SeeAlso: GIF89a Specification, CompuServe 1990.
final class GIFReader: FormatReader {
  let format: PictureFormat
  let metadata: Metadata
  let warnings: [String]
  let others: [String]
  let isDamaged: Bool
  private let canvas: GIFCanvas

  /// - Parameter page: which frame (≥ 1); nil for the first, where the others are to be named.
  init(
    _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy, page: Int?
  ) throws(CodecError) {
    var file = try GIFFile(source, limits)
    var frames = 0
    var warnings: [String] = []
    var isComplete = false
    let wanted = page ?? 1
    var canvas = GIFCanvas(width: file.width, height: file.height, isKept: wanted > 1)
    var shown: GIFCanvas?
    var colors = GIFColors()
    do throws(CodecError) {
      while let frame = try file.nextFrame() {
        frames += 1
        if shown != nil {
          try file.skipPixels()
          continue
        }
        colors.add(frame)
        try canvas.prepare(for: frame)
        do throws(CodecError) {
          try file.decode(frame) { row, pixels in canvas.lay(pixels, row: row, of: frame) }
        } catch {
          if frames == wanted { shown = canvas }
          throw error
        }
        if frames == wanted {
          shown = canvas
          isComplete = true
        } else {
          canvas.dispose(frame)
        }
      }
    } catch {
      // What is missing behind the frame that is shown is no loss to it.
      guard damage == .tolerate || isComplete else { throw error }
      warnings.append(
        isComplete
          ? "the file is damaged behind the picture"
          : "the file is damaged; what is missing is transparent")
    }
    guard let shown else {
      if frames == 0 { throw .damaged(.gif, "there is no picture in it") }
      throw .noSuchPage(wanted, of: frames)
    }
    self.canvas = shown
    self.warnings = warnings + file.warnings
    isDamaged = !isComplete
    metadata = file.metadata
    let more = frames - 1
    var others =
      page == nil && more > 0 ? ["\(more) frame\(more == 1 ? "" : "s") of an animation"] : []
    if isComplete, try file.holdsMore() { others.append("data behind the picture") }
    self.others = others
    encoding = .gif(colors.encoding(hasAlpha: shown.color.hasAlpha))
    format = PictureFormat(
      width: file.width, height: file.height, color: shown.color, sample: .uint8)
  }

  let encoding: Encoding

  func read(into band: RowBand) throws(CodecError) {
    for y in band.rows {
      canvas.write(
        y, into: UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow))
    }
  }
}

/// A frame's place and colours.
struct GIFFrame {
  enum Disposal { case keep, clear, restore }

  var left: Int
  var top: Int
  var width: Int
  var height: Int
  var isInterlaced: Bool
  /// Red, green and blue of each colour.
  var palette: [UInt8]
  var transparent: Int?
  var disposal: Disposal
  /// How long it is shown, in hundredths of a second.
  var delay: Int

  /// The row that comes at a place: in four passes, every 8th, 4th and 2nd first.
  func row(at index: Int) -> Int {
    guard isInterlaced else { return index }
    var start = 0
    for (first, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
      let count = height > first ? (height - first + step - 1) / step : 0
      if index < start + count { return first + (index - start) * step }
      start += count
    }
    return height - 1
  }
}
