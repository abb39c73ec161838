import Raster

/// Reads bitmaps of Windows and OS/2: palettes looked up, runs unpacked, other than 8 bits a colour
/// brought to 8, rounded:
///
///     out = ⌊(value · 255 + ⌊maximum / 2⌋) / maximum⌋
final class BMPReader: FormatReader {
  private let source: SourceHandle
  private let header: BMPHeader
  private let damage: DamagePolicy
  let format: PictureFormat
  private(set) var warnings: [String] = []
  private(set) var isDamaged = false
  private(set) var others: [String] = []
  private let pixel: BMPPixel
  /// Rows of the file, or with runs the whole picture, a byte a pixel, from the bottom.
  private var rows: [UInt8] = []

  init(_ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy) throws(CodecError) {
    self.source = source
    self.damage = damage
    try source.makeSeekable(limits, .bmp)
    header = try BMPHeader(source, limits)
    try limits.check(width: header.width, height: header.height)
    let most = Int(limits.forC(fileSize: source.size).decoder_bytes)
    let pixels = header.width * header.height
    if header.packing == .runs, pixels > most {
      throw .decoderTooLarge(.bmp, bytes: pixels, limit: most)
    }
    format = PictureFormat(
      width: header.width, height: header.height, color: header.color, sample: .uint8)
    pixel = BMPPixel(header)
    if header.packing != .runs {
      try note(behind: header.pixels + header.rowBytes.saturatingProduct(header.height))
    }
  }

  /// Names what stands behind the pixels, and behind a colour profile that does.
  private func note(behind end: Int) throws(CodecError) {
    if try source.holdsMore(behind: max(end, header.profileEnd)) {
      others = ["data behind the picture"]
    }
  }

  var encoding: Encoding { .bmp(BMPEncoding(palette: header.palette.flatMap { $0 + [255] })) }
  var metadata: Metadata { header.metadata }

  func read(into band: RowBand) throws(CodecError) {
    if header.packing == .runs { return try readRuns(band) }
    guard band.count > 0 else { return }
    let first = header.isBottomUp ? header.height - band.rows.upperBound : band.firstRow
    let count = header.rowBytes * band.count
    if rows.count != count { rows = [UInt8](repeating: 0, count: count) }
    let there = try readRows(at: header.pixels + first * header.rowBytes)
    if there < band.count, damage == .refuse {
      throw .truncated(.bmp, "within the picture's samples")
    }
    if there < band.count, !isDamaged {
      isDamaged = true
      warnings.append("the file ends within the picture; the rest is gray")
    }
    for index in 0..<band.count {
      let y = header.isBottomUp ? band.rows.upperBound - 1 - index : band.firstRow + index
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      if index < there {
        try expand(index * header.rowBytes, into: row)
      } else {
        format.fillGray(row)
      }
    }
  }

  /// Reads into `rows`; returns how many rows there are whole.
  private func readRows(at offset: Int) throws(CodecError) -> Int {
    guard source.seek(to: offset) else { return 0 }
    var failure: CodecError?
    let count = rows.withUnsafeMutableBytes { bytes in
      do throws(CodecError) { return try source.read(into: bytes) } catch { failure = error }
      return 0
    }
    if let failure { throw failure }
    return count / header.rowBytes
  }

  private func expand(_ start: Int, into row: UnsafeMutableRawBufferPointer) throws(CodecError) {
    let isRight = rows.withUnsafeBytes { bytes in
      // Safety: a row of the file is `rowBytes` long, one of the picture `bytesPerRow`.
      pixel.expand(
        UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.rowBytes]), into: row)
    }
    try note(isRight)
  }

  private func note(_ isRight: Bool) throws(CodecError) {
    if isRight { return }
    let what = "a pixel without a colour in the palette"
    if damage == .refuse { throw .damaged(.bmp, what) }
    if !warnings.contains(what) { warnings.append(what) }
    isDamaged = true
  }

  private func readRuns(_ band: RowBand) throws(CodecError) {
    if rows.isEmpty {
      var runs = BMPRuns(source, header)
      do throws(CodecError) {
        guard source.seek(to: header.pixels) else {
          throw .truncated(.bmp, "within the picture's samples")
        }
        try runs.run()
        try note(behind: header.pixels + runs.count)
      } catch {
        guard damage == .tolerate else { throw error }
        isDamaged = true
        warnings.append("the runs of the picture are damaged; the rest has the first colour")
      }
      rows = runs.pixels
    }
    for y in band.rows {
      let start = (header.height - 1 - y) * header.width
      let row = UnsafeMutableRawBufferPointer(start: band.row(y), count: format.bytesPerRow)
      let isRight = rows.withUnsafeBytes { bytes in
        // Safety: there is a byte for each pixel.
        pixel.lookUp(
          UnsafeRawBufferPointer(rebasing: bytes[start..<start + header.width]), into: row)
      }
      try note(isRight)
    }
  }
}

/// What the bits of a row mean.
private struct BMPPixel {
  private let header: BMPHeader
  /// Red, green and blue, or gray, of every byte, 0 where there is no such colour.
  private let colors: [UInt8]
  /// Shift, maximum and place in the pixel of each colour that the file has.
  private let fields: [(shift: UInt32, mask: UInt32, maximum: Int, place: Int)]
  private let isPlain: Bool

  init(_ header: BMPHeader) {
    self.header = header
    let channels = header.isGray ? 1 : 3
    colors = (0..<256).flatMap { index in
      index < header.palette.count
        ? Array(header.palette[index].prefix(channels)) : [0, 0, 0].suffix(channels)
    }
    guard case .masks(let masks) = header.packing else {
      (fields, isPlain) = ([], false)
      return
    }
    isPlain =
      masks[..<3] == [0xff, 0xff00, 0xff_0000] && (masks[3] == 0 || masks[3] == 0xff00_0000)
    fields = zip(masks, [2, 1, 0, 3]).compactMap { mask, place in
      if mask == 0 { return nil }
      let shift = UInt32(mask.trailingZeroBitCount)
      return (shift, mask >> shift, Int(mask >> shift), place)
    }
  }

  /// - Returns: whether every pixel has a colour.
  func expand(_ bytes: UnsafeRawBufferPointer, into row: UnsafeMutableRawBufferPointer) -> Bool {
    if header.bits <= 8 {
      if header.bits == 8 { return lookUp(bytes, into: row) }
      let (perByte, bits) = (8 / header.bits, header.bits)
      var spread = [UInt8](repeating: 0, count: header.width)
      for x in 0..<header.width {
        let shift = 8 - bits - x % perByte * bits
        spread[x] = bytes[x / perByte] >> UInt8(shift) & UInt8(1 << bits - 1)
      }
      return spread.withUnsafeBytes { lookUp($0, into: row) }
    }
    let size = header.bits / 8
    let channels = header.color.channels
    for x in 0..<header.width {
      let source = x * size
      if isPlain {
        row[x * channels] = bytes[source + 2]
        row[x * channels + 1] = bytes[source + 1]
        row[x * channels + 2] = bytes[source]
        if channels == 4 { row[x * 4 + 3] = bytes[source + 3] }
        continue
      }
      var value: UInt32 = 0
      for byte in (0..<size).reversed() { value = value << 8 | UInt32(bytes[source + byte]) }
      for channel in 0..<channels { row[x * channels + channel] = 0 }
      for field in fields {
        let level = Int(value >> field.shift & field.mask)
        row[x * channels + field.place] = UInt8((level * 255 + field.maximum / 2) / field.maximum)
      }
    }
    return true
  }

  /// A byte a pixel, a place in the palette.
  func lookUp(_ bytes: UnsafeRawBufferPointer, into row: UnsafeMutableRawBufferPointer) -> Bool {
    var highest: UInt8 = 0
    colors.withUnsafeBufferPointer { colors in
      for x in 0..<header.width {
        let index = bytes[x]
        highest = max(highest, index)
        if header.isGray {
          row[x] = colors[Int(index)]
        } else {
          for color in 0..<3 { row[3 * x + color] = colors[3 * Int(index) + color] }
        }
      }
    }
    return Int(highest) < header.palette.count
  }
}
