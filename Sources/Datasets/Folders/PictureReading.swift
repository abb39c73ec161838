import Random
import Raster

/// What came of a picture when the pictures of a folder were first read.
struct PictureReading: Sendable {
  var outcome = Outcome.skipped
  /// Of the picture: of an image where there is one, its channels.
  var channels = 1
  /// Of an image: of its own channels, and of three.
  var sums = ImageSums(hash: 0, sums: SIMD3(), squares: SIMD3())
  var colorHash: UInt64 = 0
  /// Of an image, where images are kept.
  var pixels: [UInt8] = []
  /// Whether its file holds more than this image.
  var hasOthers = false

  enum Outcome: Sendable, Equatable {
    case image
    case bad(BadPicture.Kind, String)
    /// It has another size than the others.
    case size(width: Int, height: Int)
    /// An earlier one has another size already.
    case skipped
  }

  init() {}

  /// - Parameter keeps: whether pixels are kept; else what is to be known of them.
  init(_ image: PictureDecoder.Image, keeps: Bool) {
    outcome = .image
    channels = image.channels
    hasOthers = image.hasOthers
    if keeps {
      pixels = image.pixels
      return
    }
    sums = image.pixels.withUnsafeBufferPointer { ImageSums($0, channels: channels) }
    colorHash =
      channels == 3 ? sums.hash : image.widened.withUnsafeBytes { ContentHash(words: $0).value }
  }

  init(_ problem: PictureDecoder.Problem) {
    switch problem {
    case .bad(let kind, let reason): outcome = .bad(kind, reason)
    case .size(let width, let height): outcome = .size(width: width, height: height)
    }
  }

  /// What is known of the image with so many channels.
  func sums(channels: Int) -> ImageSums {
    if channels == self.channels { return sums }
    // Gray as a colour: three times the same.
    return ImageSums(
      hash: colorHash, sums: SIMD3(repeating: sums.sums[0]),
      squares: SIMD3(repeating: sums.squares[0]))
  }
}

extension PictureDecoder.Image {
  /// A gray image in three channels.
  fileprivate var widened: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { target, count in
      for (place, level) in pixels.enumerated() {
        for channel in 0..<3 { target[3 * place + channel] = level }
      }
      count = 3 * pixels.count
    }
  }
}

extension PictureReading {
  /// Readings as one process tells them another.
  ///
  ///     index, outcome, channels, two numbers, hashes, sums, length of what follows: reason or pixels
  static func encoded(_ readings: [(index: Int, reading: PictureReading)]) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ word: UInt64) { withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) } }
    for (index, reading) in readings {
      var (kind, numbers, text): (UInt64, (Int, Int), [UInt8]) = (0, (0, 0), reading.pixels)
      switch reading.outcome {
      case .image: (kind, numbers) = (1, (reading.hasOthers ? 1 : 0, 0))
      case .bad(.unreadable, let reason): (kind, text) = (2, Array(reason.utf8))
      case .bad(.tooLarge, let reason): (kind, text) = (4, Array(reason.utf8))
      case .size(let width, let height): (kind, numbers) = (3, (width, height))
      case .skipped: break
      }
      for word in [index, Int(kind), reading.channels, numbers.0, numbers.1] { add(UInt64(word)) }
      for word in [reading.sums.hash, reading.colorHash] { add(word) }
      for channel in 0..<3 {
        add(UInt64(reading.sums.sums[channel]))
        add(UInt64(reading.sums.squares[channel]))
      }
      add(UInt64(text.count))
      bytes += text
    }
    return bytes
  }

  /// - Parameter bytes: as `encoded` made them.
  static func decode(_ bytes: [UInt8], _ body: (_ index: Int, PictureReading) -> Void) {
    var place = 0
    func word() -> UInt64 {
      defer { place += 8 }
      return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
    }
    while place < bytes.count {
      var reading = PictureReading()
      let (index, kind) = (Int(word()), word())
      reading.channels = Int(word())
      let (width, height, hash) = (Int(word()), Int(word()), word())
      reading.colorHash = word()
      var (sums, squares) = (SIMD3<Int>(), SIMD3<Int>())
      for channel in 0..<3 { (sums[channel], squares[channel]) = (Int(word()), Int(word())) }
      reading.sums = ImageSums(hash: hash, sums: sums, squares: squares)
      let length = Int(word())
      let text = bytes[place..<place + length]
      place += length
      switch kind {
      case 1:
        reading.outcome = .image
        reading.hasOthers = width == 1
        reading.pixels = Array(text)
      case 2: reading.outcome = .bad(.unreadable, String(decoding: text, as: UTF8.self))
      case 4: reading.outcome = .bad(.tooLarge, String(decoding: text, as: UTF8.self))
      case 3: reading.outcome = .size(width: width, height: height)
      default: break
      }
      body(index, reading)
    }
  }
}
