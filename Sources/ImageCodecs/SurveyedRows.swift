import CImageCodecs
import Raster

/// Rows of which it is found out what they do without: alpha, colours, 16 bits, or all but few colours.
///
/// This is what level 9 of PNG does, as oxipng has it. What can be left out is known with the last row.
struct SurveyedRows: NarrowRows {
  private let format: PictureFormat
  /// Whether colours may become gray: not where a profile or numbers of RGB stand beside them.
  private let mayBeGray: Bool
  private let mayHavePalette: Bool
  private var rows: [UInt8] = []
  private(set) var count = 0
  /// What holds of all pixels so far.
  private var isOpaque = true
  private var isGray = true
  /// Whether both bytes of samples of 16 bits are the same.
  private var isByte = true
  /// Nil once there are too many.
  private var colors: ColorTable?
  /// Nil where no colour can stand for transparent.
  private var keys: KeySurvey?

  /// Pictures of more bytes are written as they come.
  private static let most = 1 << 28
  /// Pictures of up to so many pixels are written in more ways.
  private static let few = 1 << 16

  static func arePossible(_ format: PictureFormat, _ options: WritingOptions) -> Bool {
    options.pngLevel == 9 && options.pngDepth == nil
      && format.bytesPerRow.saturatingProduct(format.height) <= most
  }

  /// Bytes that are held: the rows, and about as much as the files take of which the smaller is chosen.
  static func memory(_ format: PictureFormat) -> Int {
    let bytes = format.bytesPerRow.saturatingProduct(format.height)
    return bytes.saturatingSum(bytes / 4)
  }

  /// - Parameter input: whose colour key may stand for pixels that are not seen, whatever colour they have.
  init(_ format: PictureFormat, _ metadata: Metadata, _ input: Encoding?) {
    self.format = format
    keys = KeySurvey(format, ColorKey(input, format))
    let isFree = metadata.background == nil
    let isColored = format.color.colorChannels == 3
    mayBeGray =
      isFree && isColored && metadata.colorProfile == nil
      && !metadata.chunks.contains { $0.name == "cICP" }
    mayHavePalette = isFree && (isColored || metadata.colorProfile == nil)
    // Gray of 8 bits is as good as a palette of so many.
    colors =
      mayHavePalette || format.color == .gray
      ? ColorTable(most: format.color == .gray ? 16 : 256) : nil
  }

  private var bytesPerSample: Int { format.sample.byteCount }

  /// Whether less than all may do.
  private var isNarrow: Bool {
    format.sample == .uint16 && isByte || format.color.hasAlpha && isOpaque || mayBeGray && isGray
      || isByte && colors != nil || keys != nil
  }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    survey(row)
    if !isNarrow { return false }
    rows.append(contentsOf: UnsafeBufferPointer(start: row, count: format.bytesPerRow))
    count += 1
    return true
  }

  private mutating func survey(_ row: UnsafePointer<UInt8>) {
    let channels = format.color.channels
    if format.sample == .uint16, isByte {
      isByte = (0..<format.samplesPerRow).allSatisfy { row[2 * $0] == row[2 * $0 + 1] }
    }
    let pixel = channels * bytesPerSample
    if format.color.hasAlpha, isOpaque {
      isOpaque = (0..<format.width).allSatisfy { x in
        row[(x + 1) * pixel - 1] == 255 && row[(x + 1) * pixel - bytesPerSample] == 255
      }
    }
    if format.color.colorChannels == 3, isGray {
      isGray = (0..<format.width).allSatisfy { x in
        let place = row + x * pixel
        return (0..<2 * bytesPerSample).allSatisfy { place[$0] == place[$0 + bytesPerSample] }
      }
    }
    if keys?.take(row) == false { keys = nil }
    if !isByte { colors = nil }
    if var table = colors {
      // One owner, so that the table is not copied.
      colors = nil
      var last: UInt32?
      for x in 0..<format.width {
        let color = color(row, x)
        if color != last, !table.add(color) { return }
        last = color
      }
      colors = table
    }
  }

  /// Red, green, blue and alpha of a pixel, of 8 bits.
  private func color(_ row: UnsafePointer<UInt8>, _ x: Int) -> UInt32 {
    let (channels, step) = (format.color.channels, bytesPerSample)
    let place = row + x * channels * step
    let alpha = format.color.hasAlpha ? UInt32(place[(channels - 1) * step]) : 255
    if format.color.colorChannels == 1 { return UInt32(place[0]) &* 0x0101_0100 | alpha }
    return UInt32(place[0]) << 24 | UInt32(place[step]) << 16 | UInt32(place[2 * step]) << 8 | alpha
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    withRow(y) { row.update(from: $0, count: format.bytesPerRow) }
  }

  private func withRow(_ y: Int, _ body: (UnsafePointer<UInt8>) -> Void) {
    rows.withUnsafeBufferPointer { body($0.baseAddress! + y * format.bytesPerRow) }
  }
}

extension SurveyedRows {
  func narrow() -> [NarrowPicture] {
    let depth = isByte ? grayDepth : nil
    let key = key
    var ways = [withoutNeedless(depth, key)]
    let isGray = ways[0].format.color == .gray
    // Of few pixels more is tried: bytes that are filtered may deflate to less than bits that are not.
    let isSmall = format.width.saturatingProduct(format.height) <= Self.few
    if isGray, depth != nil, isSmall { ways.append(withoutNeedless(nil, key)) }
    // The chunk of a key may take more than alpha that hardly varies.
    if key != nil, isSmall { ways.append(withoutNeedless(nil, nil)) }
    guard let colors, isByte, mayHavePalette else { return ways }
    // A palette costs bytes itself, and its numbers lie less close than colours do.
    let bits = [1, 2, 4].first { colors.all.count <= 1 << $0 } ?? 8
    if bits >= (isGray ? depth ?? 8 : 32) { return ways }
    let order = order(colors.all)
    ways.append(withPalette(order, bits))
    if isSmall, bits < 8 { ways.append(withPalette(order, 8)) }
    return ways
  }

  /// The pixels without alpha, colours or bits that they do not need.
  ///
  /// - Parameters:
  ///   - grayDepth: bits of a gray, nil for all.
  ///   - key: the colour of what is transparent, in the place of alpha; nil for none.
  private func withoutNeedless(_ grayDepth: Int?, _ key: ColorKey?) -> NarrowPicture {
    var narrow = format
    let hasAlpha = format.color.hasAlpha && !isOpaque && key == nil
    let isColored = format.color.colorChannels == 3 && !(mayBeGray && isGray)
    narrow.color = isColored ? (hasAlpha ? .rgba : .rgb) : hasAlpha ? .grayAlpha : .gray
    if isByte { narrow.sample = .uint8 }
    let depth = narrow.color == .gray ? grayDepth : nil
    let (step, width) = (bytesPerSample, narrow.sample.byteCount)
    let pixel = format.color.channels * step
    // Places of the channels that stay.
    var places = isColored ? [0, step, 2 * step] : [0]
    if hasAlpha { places.append(pixel - step) }
    let hidden = key?.bytes(format.sample)
    let numbers = key.map { key in
      let shift = isByte ? step * 8 - (depth ?? 8) : 0
      return key.samples.prefix(narrow.color.colorChannels).map { $0 >> UInt16(shift) }
    }
    return NarrowPicture(format: narrow, depth: depth, key: numbers ?? []) { y, target in
      withRow(y) { row in
        var target = target
        for x in 0..<format.width {
          if let hidden, AlphaRow(row, format).isTransparent(x) {
            for place in places {
              for byte in 0..<width { target[byte] = hidden[place + byte] }
              target += width
            }
            continue
          }
          for place in places {
            for byte in 0..<width { target[byte] = row[x * pixel + place + byte] }
            target += width
          }
        }
      }
    }
  }

  /// The colour that can stand for transparent.
  private var key: ColorKey? {
    guard !isOpaque, let key = keys?.key else { return nil }
    // One of the input must not ask for colours or bits that the pixels have not.
    if mayBeGray, isGray, !key.isGray { return nil }
    if format.sample == .uint16, isByte, !key.isByte { return nil }
    var isUsed = false
    for y in 0..<format.height where !isUsed { withRow(y) { isUsed = key.isSeen($0, format) } }
    return isUsed ? nil : key
  }

  /// The fewest bits of gray that suffice, nil for 8.
  private var grayDepth: Int? {
    guard let colors else { return nil }
    let levels = colors.all.map { Int($0 >> 24) } + (keys?.key?.samples.map { Int($0 & 255) } ?? [])
    return [1, 2, 4].first { depth in
      levels.allSatisfy { $0 % (255 / (1 << depth - 1)) == 0 }
    }
  }

  /// Colours in an order that deflates to little. Those that are transparent come first: the others need not be said
  /// to be opaque.
  private func order(_ colors: [UInt32]) -> [UInt32] {
    let most = Int(CODEC_PALETTE_MOST)
    var neighbours = [UInt32](repeating: 0, count: most * most)
    let numbered = withPalette(colors, 8)
    var (row, above) = ([UInt8](repeating: 0, count: format.width), [UInt8]())
    for y in 0..<format.height {
      row.withUnsafeMutableBufferPointer { numbered.fill(y, $0.baseAddress!) }
      codec_palette_count(&neighbours, row, above.isEmpty ? nil : above, format.width)
      above = row
    }
    var order = [UInt8](repeating: 0, count: colors.count)
    codec_palette_order(neighbours, Int32(colors.count), &order)
    let sorted = order.map { colors[Int($0)] }
    return sorted.filter { $0 & 255 < 255 } + sorted.filter { $0 & 255 == 255 }
  }

  /// The pixels as numbers of colours, each in so many bits.
  private func withPalette(_ colors: [UInt32], _ depth: Int) -> NarrowPicture {
    var numbers = ColorTable(most: 256)
    for color in colors { _ = numbers.add(color) }
    var narrow = format
    (narrow.color, narrow.sample) = (.gray, .uint8)
    let palette = colors.flatMap { color in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: color >> $0) }
    }
    let table = numbers
    return NarrowPicture(format: narrow, depth: depth, palette: palette) { y, target in
      withRow(y) { row in
        var last: (color: UInt32, number: UInt8)?
        for x in 0..<format.width {
          let color = color(row, x)
          if last?.color != color { last = (color, UInt8(table.number(of: color)!)) }
          target[x] = last!.number << UInt8(8 - depth)
        }
      }
    }
  }
}
