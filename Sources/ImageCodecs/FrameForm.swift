import CImageCodecs
import Raster

/// How the frames of an animated PNG file are stored.
struct FrameForm: Equatable {
  /// Bits of a sample in the file.
  var depth: Int
  /// 1 gray or a palette, 2 gray and alpha, 3 RGB, 4 RGBA.
  var channels: Int
  /// Red, green, blue and alpha of each colour; empty where samples are none of numbers.
  var palette: [UInt8] = []
  /// The colour that stands for transparent, in samples of the file; empty for none.
  var key: [UInt16] = []

  /// What any frame takes.
  init(_ format: PictureFormat) {
    depth = format.sample.byteCount * 8
    channels = format.color.channels
  }

  init(_ picture: NarrowPicture) {
    self.init(picture.format)
    depth = picture.depth ?? depth
    palette = picture.palette
    key = picture.key
  }

  func layout(width: Int, height: Int, level: Int) -> codec_png_layout {
    codec_png_layout(
      width: UInt32(width), height: UInt32(height), depth: Int32(depth),
      channels: Int32(channels), level: Int32(level), draft: 0)
  }

  /// Rows as a zlib stream.
  func deflate(
    _ window: RowWindow, width: Int, level: Int
  ) throws(CodecError) -> [UInt8] {
    var part = layout(width: width, height: window.count, level: level)
    let pointers = window.bytePointers
    guard let scratch = withUnsafePointer(to: part, { codec_png_scratch_open($0) }) else {
      throw .outOfMemory
    }
    defer { codec_png_scratch_close(scratch) }
    let (step, most) = (codec_png_band_rows(&part), codec_png_context_rows(&part))
    var data: [UInt8] = []
    var adler: UInt32 = 1
    var chunk = codec_png_part()
    defer { codec_png_part_free(&chunk) }
    for first in stride(from: 0, to: pointers.count, by: step) {
      let context = min(first, most)
      let count = min(step, pointers.count - first)
      let some = Array(pointers[(first - context)..<first + count])
      // Safety: each pointer is the first of `width` pixels.
      try call(.png) { result in
        codec_png_encode(&part, scratch, some, context, count, &chunk, &result)
      }
      // Without what frames an IDAT chunk.
      data += UnsafeBufferPointer(start: chunk.bytes + 8, count: chunk.count - 12)
      if chunk.is_whole != 0 { return data }
      adler = codec_adler32_combine(adler, chunk.adler, chunk.filtered_count)
    }
    // An empty last block, and the checksum.
    return data + [3, 0] + APNGFile.bytes(Int(adler))
  }

  /// A frame as a file of its own.
  ///
  /// - Parameter data: its rows as a zlib stream.
  func file(width: Int, height: Int, _ data: [UInt8]) -> [UInt8] {
    let colorType = palette.isEmpty ? [0, 4, 2, 6][channels - 1] : 3
    let header =
      APNGFile.bytes(width) + APNGFile.bytes(height) + [UInt8(depth), UInt8(colorType), 0, 0, 0]
    var colors: [UInt8] = []
    if !palette.isEmpty {
      let numbers = 0..<palette.count / 4
      colors += APNGFile.chunk("PLTE", numbers.flatMap { palette[4 * $0..<4 * $0 + 3] })
      colors += APNGFile.chunk("tRNS", numbers.map { palette[4 * $0 + 3] })
    }
    if !key.isEmpty { colors += APNGFile.chunk("tRNS", key.flatMap { APNGFile.bytes(Int($0), 2) }) }
    return APNGFile.signature + APNGFile.chunk("IHDR", header) + colors
      + APNGFile.chunk("IDAT", data) + APNGFile.chunk("IEND", [])
  }

  /// The rows that frames which need little are made of: those of the palette, the colour key, the few bits or the
  /// opaque colours of the input; nil where there are none, or where the result has others.
  static func rows(
    _ encoding: Encoding?, _ format: PictureFormat, _ options: WritingOptions
  ) -> (any NarrowRows)? {
    if let rows = KeyedRows(encoding, format, options) { return rows }
    let few = encoding?.fewColors
    // Where frames are taken away nothing is seen.
    let colors = format.color.hasAlpha ? few?.withTransparent : few
    if let numbers = ColorNumbers(colors, format, options) { return NumberedRows(format, numbers) }
    return OpaqueRows(encoding, format, options)
  }
}
