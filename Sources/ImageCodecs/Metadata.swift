/// What a file says about its picture besides the pixels.
///
/// Kept from file to file, and between PNG and JPEG where both have a place for it.
public struct Metadata: Sendable, Equatable {
  /// An ICC profile, with the name that PNG gives it.
  public struct ColorProfile: Sendable, Equatable {
    public var name: String
    public var bytes: [UInt8]
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// Pixels per length, or only their ratio.
  public struct Density: Sendable, Equatable {
    public enum Unit: Sendable { case none, inch, centimetre, metre }
    public var x: Int
    public var y: Int
    public var unit: Unit
    public init(x: Int, y: Int, unit: Unit) {
      self.x = x
      self.y = y
      self.unit = unit
    }
  }

  /// The colour that PNG's bKGD asks viewers to show behind the picture.
  public struct Background: Sendable, Equatable {
    /// Gray, or red, green and blue: 0 … 2^bits − 1.
    public var samples: [Int]
    public var bits: Int
    public init(samples: [Int], bits: Int) {
      self.samples = samples
      self.bits = bits
    }
  }

  /// A text of PNG: tEXt, zTXt or iTXt.
  public struct Text: Sendable, Equatable {
    public var keyword: [UInt8]
    /// Latin-1, or UTF-8 where `international`.
    public var text: [UInt8]
    public var language: [UInt8] = []
    public var translatedKeyword: [UInt8] = []
    public var international = false
    public var compressed = false
    public init(keyword: [UInt8], text: [UInt8]) {
      self.keyword = keyword
      self.text = text
    }
  }

  /// A chunk (PNG) or application segment (JPEG) that is kept as it is.
  public struct Segment: Sendable, Equatable {
    /// Four letters in PNG; `APP0`…`APP15` in JPEG.
    public var name: String
    public var bytes: [UInt8]
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  public var colorProfile: ColorProfile?
  /// A TIFF block: `II*…` or `MM…`.
  public var exif: [UInt8]?
  /// An XMP packet, UTF-8.
  public var xmp: [UInt8]?
  /// Image resources of Photoshop, `8BIM…`: IPTC among them.
  public var photoshop: [UInt8]?
  public var density: Density?
  /// 100,000 times the exponent of PNG's gAMA.
  public var gamma: Int32?
  /// 100,000 times x and y of white, red, green and blue (PNG's cHRM).
  public var chromaticities: [Int32]?
  /// The rendering intent of PNG's sRGB, 0…3.
  public var srgbIntent: Int32?
  public var background: Background?
  public var texts: [Text] = []
  /// Comments of JPEG.
  public var comments: [[UInt8]] = []
  /// Ancillary chunks of PNG that may be copied whatever a filter does to the pixels.
  public var chunks: [Segment] = []
  /// Application segments of JPEG that are none of the above.
  public var applicationSegments: [Segment] = []
  /// Behind the picture of a JPEG file; XMP speaks of it, too.
  public var gainMap: GainMap?

  public init() {}
}
