import CImageCodecs

private let xmpKeyword = Array("XML:com.adobe.xmp".utf8)

extension Metadata {
  /// What libpng found.
  init(_ png: codec_png_metadata) {
    self.init()
    // Safety: every pointer lives as long as the reader, which the caller holds; counts are its own.
    if let icc = png.icc {
      colorProfile = ColorProfile(
        name: png.icc_name.map { String(cString: $0) } ?? "icc", bytes: copy(icc, png.icc_count))
    }
    if let bytes = png.exif { exif = copy(bytes, png.exif_count) }
    if png.has_density != 0 {
      density = Density(
        x: Int(png.density_x), y: Int(png.density_y),
        unit: png.density_in_metres != 0 ? .metre : .none)
    }
    if png.has_gamma != 0 { gamma = png.gamma }
    if png.has_chromaticities != 0 {
      chromaticities = withUnsafeBytes(of: png.chromaticities) {
        Array($0.bindMemory(to: Int32.self))
      }
    }
    if png.has_srgb != 0 { srgbIntent = png.srgb_intent }
    if png.background_channels > 0 {
      let samples = [png.background.0, png.background.1, png.background.2].map { Int($0) }
      background = Background(
        samples: Array(samples.prefix(Int(png.background_channels))),
        bits: Int(png.background_bits))
    }
    for index in 0..<png.text_count { add(png.texts[index]) }
    for index in 0..<png.chunk_count {
      let chunk = png.chunks[index]
      let name = withUnsafeBytes(of: chunk.name) { String(decoding: $0.prefix(4), as: UTF8.self) }
      chunks.append(Segment(name: name, bytes: copy(chunk.bytes, chunk.count)))
    }
  }

  private mutating func add(_ png: codec_png_text) {
    var text = Text(keyword: string(png.keyword), text: string(png.text, png.length))
    text.international = png.international != 0
    text.compressed = png.compressed != 0
    text.language = string(png.language)
    text.translatedKeyword = string(png.translated)
    if text.keyword == xmpKeyword && xmp == nil {
      xmp = text.text
    } else if !take(RawProfile.parse(text)) {
      texts.append(text)
    }
  }

  /// Takes a block that stands in a text; whether its type is known.
  private mutating func take(_ profile: (type: String, bytes: [UInt8])?) -> Bool {
    guard let profile else { return false }
    let exifName = Array("Exif\0\0".utf8)
    let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    let bytes = profile.bytes
    switch profile.type {
    case "exif", "app1":
      // The chunk eXIf, which says it better, stands before all texts.
      if bytes.starts(with: xmpName) {
        xmp = xmp ?? Array(bytes.dropFirst(xmpName.count))
      } else {
        exif =
          exif ?? (bytes.starts(with: exifName) ? Array(bytes.dropFirst(exifName.count)) : bytes)
      }
    case "xmp": xmp = xmp ?? bytes
    case "iptc", "8bim":
      photoshop =
        photoshop
        ?? (PhotoshopResources.begin(bytes) ? bytes : PhotoshopResources(iptc: bytes).bytes)
    default: return false
    }
    return true
  }

  /// Hands libpng what a PNG file has a place for.
  ///
  /// - Parameters:
  ///   - colors: 1 for gray, 3 for RGB.
  ///   - bits: bits of a sample in the file.
  func withPNG<Result>(
    colors: Int, bits: Int, _ body: (codec_png_metadata) -> Result
  ) -> Result {
    let arena = Arena()
    var png = codec_png_metadata()
    if let colorProfile {
      png.icc_name = arena.string(Array(colorProfile.name.utf8))
      png.icc = arena.bytes(colorProfile.bytes)
      png.icc_count = colorProfile.bytes.count
    }
    if let exif {
      png.exif = arena.bytes(exif)
      png.exif_count = exif.count
    }
    if let density {
      let perMetre = density.per(.metre)
      png.has_density = 1
      png.density_x = UInt32(clamping: perMetre.x)
      png.density_y = UInt32(clamping: perMetre.y)
      png.density_in_metres = perMetre.unit == .metre ? 1 : 0
    }
    if let gamma { (png.has_gamma, png.gamma) = (1, gamma) }
    if let chromaticities, chromaticities.count == 8 {
      png.has_chromaticities = 1
      withUnsafeMutableBytes(of: &png.chromaticities) { target in
        chromaticities.withUnsafeBytes { target.copyMemory(from: $0) }
      }
    }
    if let srgbIntent { (png.has_srgb, png.srgb_intent) = (1, srgbIntent) }
    if let color = background?.fitted(colors: colors, bits: bits) {
      png.background_channels = Int32(colors)
      png.background_bits = Int32(bits)
      png.background = (color[0], color[colors / 2], color[colors - 1])
    }
    let texts = (texts + xmpText).map { arena.text($0) }
    let chunks = chunks.map { arena.chunk($0) }
    return texts.withUnsafeBufferPointer { texts in
      chunks.withUnsafeBufferPointer { chunks in
        (png.texts, png.text_count) = (texts.baseAddress, texts.count)
        (png.chunks, png.chunk_count) = (chunks.baseAddress, chunks.count)
        return withExtendedLifetime(arena) { body(png) }
      }
    }
  }

  /// The XMP packet as a text.
  private var xmpText: [Text] {
    guard let xmp else { return [] }
    var text = Text(keyword: xmpKeyword, text: xmp)
    text.international = true
    return [text]
  }
}

extension Metadata.Background {
  /// The colour in pictures of 1 or 3 colours and of so many bits; nil where gray cannot show it.
  package func fitted(colors: Int, bits: Int) -> [UInt16]? {
    guard let first = samples.first, samples.count == colors || samples.allSatisfy({ $0 == first })
    else { return nil }
    let (from, to) = ((1 << self.bits) - 1, (1 << bits) - 1)
    return (0..<colors).map { index in
      let sample = min(max(samples[samples.count == 1 ? 0 : index], 0), from)
      return UInt16((sample * to + from / 2) / from)
    }
  }
}

extension Metadata.Density {
  /// The same in another unit, rounded; a mere ratio stays one.
  func per(_ wanted: Unit) -> Self {
    let metre = [Unit.inch: 0.0254, .centimetre: 0.01, .metre: 1]
    guard unit != wanted, let from = metre[unit], let to = metre[wanted] else { return self }
    return Self(
      x: Int((Double(x) / from * to).rounded()), y: Int((Double(y) / from * to).rounded()),
      unit: wanted)
  }
}

/// Copies a block that C owns.
func copy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  // Safety: the caller vouches for `count` bytes.
  Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
}

private func string(_ text: UnsafePointer<CChar>?, _ count: Int? = nil) -> [UInt8] {
  guard let text else { return [] }
  // Safety: libpng ends every string with a zero. Counted as bytes: as characters of UTF-8, which they
  // need not be, they would be other ones and more.
  var length = count ?? 0
  if count == nil { while text[length] != 0 { length += 1 } }
  return (0..<length).map { UInt8(bitPattern: text[$0]) }
}

/// Memory for C that lives as long as the arena.
private final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { block.deallocate() } }

  func bytes(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    blocks.append(block)
    // Safety: the block is as long as the array.
    bytes.withUnsafeBytes {
      block.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(block), byteCount: $0.count)
    }
    return UnsafePointer(block.assumingMemoryBound(to: UInt8.self))
  }

  func string(_ bytes: [UInt8]) -> UnsafePointer<CChar> {
    let block = self.bytes(bytes + [0])
    return UnsafeRawPointer(block).assumingMemoryBound(to: CChar.self)
  }

  func text(_ text: Metadata.Text) -> codec_png_text {
    codec_png_text(
      keyword: string(text.keyword), text: string(text.text), length: text.text.count,
      language: string(text.language), translated: string(text.translatedKeyword),
      compressed: text.compressed ? 1 : 0, international: text.international ? 1 : 0)
  }

  func chunk(_ part: Metadata.Segment) -> codec_png_chunk {
    var chunk = codec_png_chunk()
    withUnsafeMutableBytes(of: &chunk.name) { $0.copyBytes(from: part.name.utf8.prefix(4)) }
    chunk.bytes = bytes(part.bytes)
    chunk.count = part.bytes.count
    return chunk
  }
}
