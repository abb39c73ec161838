import Raster

extension Metadata {
  /// The same as far as a format has a place for it, and what it has none for, in words.
  ///
  /// PNG's texts become EXIF where EXIF knows them, else comments of JPEG; JPEG's comments and IPTC
  /// become texts of PNG.
  ///
  /// - Parameter color: of the pixels that it is to travel with, where a profile of other colours, or one that is
  ///   none, is to be left out.
  public func translated(
    to format: FileFormat, beside color: ColorModel? = nil
  ) -> (metadata: Metadata, lost: [String]) {
    var result = self
    var lost: [String] = []
    if let color, let profile = result.loseForeignProfile(color, in: format) {
      lost.append(profile)
    }
    if format != .jpeg, result.loseGainMap() { lost.append("a gain map") }
    if result.background != nil, format != .png {
      lost.append("the colour behind the picture (bKGD)")
      result.background = nil
    }
    switch format {
    case .png: result.becomePNG(&lost)
    case .jpeg: result.becomeJPEG(&lost)
    case .avif:
      // Numbers that give the colours have a place there.
      let numbers = result.chunks.filter { $0.name == "cICP" && result.colorNumbers != nil }
      result.chunks.removeAll(where: numbers.contains)
      result.becomeWebP(&lost, isTold: !numbers.isEmpty)
      result.chunks = numbers
    case .webp, .jpegXL: result.becomeWebP(&lost)
    case .tiff: result.becomeTIFF(&lost)
    case .pnm, .npy, .pfm, .bmp, .gif, .heif: result.becomeNothing(&lost)
    }
    return (result, lost)
  }

  /// What a reader said only behind the pixels, too late for formats that say everything before.
  ///
  /// - Parameter late: all that the reader says at the end; `self` is what it said at first.
  public func lostBehindPixels(late: Metadata, in format: FileFormat) -> [String] {
    if format == .png { return [] }
    return [
      exif == nil && late.exif != nil ? "EXIF behind the pixels" : nil,
      xmp == nil && late.xmp != nil ? "XMP behind the pixels" : nil,
      photoshop == nil && late.photoshop != nil ? "IPTC behind the pixels" : nil,
      texts.count < late.texts.count ? "texts behind the pixels" : nil,
      chunks.count < late.chunks.count ? "chunks of PNG behind the pixels" : nil,
    ].compactMap { $0 }
  }

  /// What the numbers of the pixels mean, and nothing else.
  public var meaningOfPixels: Metadata {
    var kept = Metadata()
    kept.colorProfile = colorProfile
    kept.density = density
    kept.gamma = gamma
    kept.chromaticities = chromaticities
    kept.srgbIntent = srgbIntent
    kept.chunks = chunks.filter { ["cICP", "mDCV", "mDCv", "cLLI", "cLLi"].contains($0.name) }
    return kept
  }

  private static let commentKeyword = Array("Comment".utf8)

  private mutating func becomePNG(_ lost: inout [String]) {
    for comment in comments {
      let comment = Array(
        comment.prefix(comment.count - comment.reversed().prefix { $0 == 0 }.count))
      if comment.isEmpty { continue }
      if comment.contains(0) {
        lost.append("a comment with a zero byte")
        continue
      }
      var text = Text(keyword: Self.commentKeyword, text: comment)
      text.international =
        comment.contains { $0 >= 0x80 } && String(validating: comment, as: UTF8.self) != nil
      if !texts.contains(where: { $0.keyword == text.keyword && $0.text == text.text }) {
        texts.append(text)
      }
    }
    comments = []
    if let photoshop { texts.append(RawProfile.text("iptc", photoshop)) }
    photoshop = nil
    loseSegments(&lost)
    if texts.contains(where: { !$0.hasKeyword }) { lost.append("a text without a keyword") }
    texts.removeAll { !$0.hasKeyword }
  }

  private mutating func becomeJPEG(_ lost: inout [String]) {
    translateTexts(&lost)
    loseColors(&lost)
    loseChunks(&lost)
    if let bytes = exif, bytes.count > Self.mostEXIFInJPEG {
      lost.append("EXIF over 64 KB")
      exif = nil
    }
    if let bytes = xmp, bytes.count > Self.mostXMPInJPEG {
      lost.append("XMP over 64 KB")
      xmp = nil
      // What announces a gain map is a part of it.
      if loseGainMap() { lost.append("a gain map") }
    }
    if let profile = colorProfile, profile.bytes.count > Self.mostProfileInJPEG {
      lost.append("a colour profile over 16 MB")
      colorProfile = nil
    }
    if comments.contains(where: { $0.count > JPEGSegment.most }) {
      lost.append("a comment over 64 KB")
      comments.removeAll { $0.count > JPEGSegment.most }
    }
    if applicationSegments.contains(where: { $0.bytes.count > JPEGSegment.most }) {
      lost.append("a segment over 64 KB")
      applicationSegments.removeAll { $0.bytes.count > JPEGSegment.most }
    }
  }

  /// WebP, JPEG XL and AVIF: EXIF, XMP and a profile.
  ///
  /// - Parameter isTold: whether numbers say what the colours are.
  private mutating func becomeWebP(_ lost: inout [String], isTold: Bool = false) {
    translateTexts(&lost)
    loseColors(&lost, isTold: isTold)
    loseChunks(&lost)
    loseSegments(&lost)
    if photoshop != nil { lost.append("IPTC") }
    if comments.contains(where: { !$0.isEmpty }) { lost.append("comments") }
    (photoshop, comments) = (nil, [])
    // How dense the picture is has its place in EXIF.
    exif = exifWithDensity
    density = nil
  }

  private mutating func becomeTIFF(_ lost: inout [String]) {
    translateTexts(&lost)
    loseColors(&lost)
    loseChunks(&lost)
    loseSegments(&lost)
    if comments.contains(where: { !$0.isEmpty }) { lost.append("comments") }
    comments = []
  }

  private mutating func becomeNothing(_ lost: inout [String]) {
    if colorProfile != nil { lost.append("a colour profile") }
    loseColors(&lost)
    if exif != nil, !saysOnlyHowItLies { lost.append("EXIF") }
    if xmp != nil { lost.append("XMP") }
    if photoshop != nil { lost.append("IPTC") }
    if !texts.isEmpty { lost.append("texts") }
    if comments.contains(where: { !$0.isEmpty }) { lost.append("comments") }
    if let density, density.unit != .none || density.x != density.y { lost.append("a density") }
    loseChunks(&lost)
    loseSegments(&lost)
    self = Metadata()
  }

  /// PNG's texts as fields of EXIF that mean the same, or as comments.
  private mutating func translateTexts(_ lost: inout [String]) {
    translateTime()
    let fields = [
      "Title": 0x010d, "Description": 0x010e, "Software": 0x0131, "Author": 0x013b,
      "Copyright": 0x8298,
    ]
    var block = exif.map { ExifBlock($0) } ?? ExifBlock.empty
    var added: [(tag: Int, text: [UInt8])] = []
    for text in texts where !text.text.isEmpty {
      if RawProfile.parse(text) != nil {
        lost.append("a text of PNG (\(String(decoding: text.keyword, as: UTF8.self)))")
        continue
      }
      let unicode = text.unicode
      let keyword = String(decoding: text.keyword, as: UTF8.self)
      if let tag = fields[keyword], let known = block, !added.contains(where: { $0.tag == tag }) {
        let present = known.text(tag)
        if present == unicode { continue }
        if present == nil {
          added.append((tag, unicode))
          continue
        }
      }
      let comment =
        text.keyword == Self.commentKeyword || !text.hasKeyword
        ? text.text : Array("\(keyword): ".utf8) + unicode
      if !comments.contains(comment) { comments.append(comment) }
    }
    texts = []
    if !added.isEmpty {
      block?.add(added)
      exif = block?.bytes
    }
  }

  /// Gamma and primaries that are not those of sRGB, which all viewers take for granted.
  private mutating func loseColors(_ lost: inout [String], isTold: Bool = false) {
    // Numbers count more than all else (PNG, 4.3): those of sRGB itself may go where nothing then says otherwise.
    let saysSRGB = colorNumbers?.areSRGB == true && colorProfile == nil
    if saysSRGB { chunks.removeAll { $0.name == "cICP" } }
    let isTold = isTold || saysSRGB || colorProfile != nil || srgbIntent != nil
    if let gamma, !isTold, abs(Int(gamma) - 45455) > 500 {
      lost.append("the gamma of \(Double(gamma) / 100_000) (gAMA)")
    }
    let srgb: [Int32] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
    if let chromaticities, !isTold,
      zip(chromaticities, srgb).contains(where: { abs($0 - $1) > 500 })
    {
      lost.append("the primary colours (cHRM)")
    }
    (gamma, chromaticities, srgbIntent) = (nil, nil, nil)
  }

  /// The names of parts, each once.
  private static func names(_ parts: [Segment]) -> String {
    var names: [String] = []
    for part in parts where !names.contains(part.name) { names.append(part.name) }
    return names.joined(separator: ", ")
  }

  private mutating func loseChunks(_ lost: inout [String]) {
    if !chunks.isEmpty {
      lost.append("\(Self.names(chunks)) of PNG")
    }
    chunks = []
  }

  private mutating func loseSegments(_ lost: inout [String]) {
    if applicationSegments.contains(where: \.isExtendedXMP) {
      lost.append("extended XMP (beyond 64 KB)")
      applicationSegments.removeAll(where: \.isExtendedXMP)
      if let bytes = xmp {
        var packet = XMPPacket(bytes)
        packet.remove(XMPPacket.Namespace.note) { $0 == "HasExtendedXMP" }
        xmp = packet.bytes
      }
    }
    if !applicationSegments.isEmpty {
      lost.append("\(Self.names(applicationSegments)) of JPEG")
    }
    applicationSegments = []
  }
}

extension Metadata.Text {
  /// Whether PNG takes the keyword: one sign at least that is no space.
  var hasKeyword: Bool { keyword.contains { $0 != 32 } }

  /// The text in UTF-8.
  fileprivate var unicode: [UInt8] {
    if international { return text }
    return Array(String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) })).utf8)
  }
}
