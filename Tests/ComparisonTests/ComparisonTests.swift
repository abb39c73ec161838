import Raster
import TestSupport
import Testing

@testable import Comparison

@Suite("Comparison")
struct ComparisonTests {
  /// A line of `goldens.txt`.
  struct Golden: CustomTestStringConvertible {
    let shape: [Int]
    let figures: [Double?]
    var testDescription: String { "\(shape)" }
  }

  static let goldens: [Golden] = {
    let path = TestData.package + "/Tests/ComparisonTests/Goldens/goldens.txt"
    let text = String(decoding: ScratchFolder.contents(path) ?? [], as: UTF8.self)
    return text.split(separator: "\n").map { line in
      let halves = line.split(separator: "|")
      return Golden(
        shape: halves[0].split(separator: " ").map { Int($0)! },
        figures: halves[1].split(separator: " ").map { Double($0) })
    }
  }()

  @Test("the figures are those of scikit-image and NumPy", arguments: goldens)
  func figures(golden: Golden) throws {
    let (a, b) = Self.pair(golden.shape)
    for (threads, rows) in [(1, 1), (3, 64)] {
      let range = golden.shape[3] >= 32 ? 4.0 : nil
      let found = Self.compare(a, b, range: range, threads: threads, rows: rows)
      let wanted = golden.figures
      #expect(found.largest == wanted[0])
      #expect(abs(found.mean - wanted[1]!) < 1e-9)
      #expect(abs(found.rootMeanSquare - wanted[2]!) < 1e-9)
      #expect(abs(found.peakSignalToNoise - wanted[3]!) < 1e-9)
      #expect(abs(try #require(found.ssim) - wanted[4]!) < 1e-9)
      #expect((found.multiScaleSSIM == nil) == (wanted[5] == nil))
      if let score = wanted[5] { #expect(abs(try #require(found.multiScaleSSIM) - score) < 1e-9) }
      #expect(found.differing == Int(wanted[6]!) && found.incomparable == Int(wanted[7]!))
    }
  }

  @Test("there are goldens of all kinds of samples, small and large")
  func number() {
    #expect(Self.goldens.count == 12)
  }

  @Test("of floats, NaN is equal to NaN and infinity to itself; beside a number they differ")
  func strange() {
    let format = PictureFormat(width: 4, height: 1, color: .gray, sample: .float32)
    func found(_ a: [Float], _ b: [Float]) -> PictureDifference {
      Self.compare(Picture(format, samples: a), Picture(format, samples: b), threads: 1, rows: 1)
    }
    let alike = found([.nan, .infinity, -.infinity, -0.0], [.nan, .infinity, -.infinity, 0])
    #expect(alike.differing == 0 && alike.largest == 0 && alike.peakSignalToNoise == .infinity)
    let apart = found([.nan, 1, 2, 3], [1, 1, 2.5, .nan])
    #expect(apart.differing == 3 && apart.incomparable == 2 && apart.largest == 0.5)
    #expect(apart.mean == 0.25 && apart.place == .init(x: 2, y: 0, channel: 0))
    let endless = found([.infinity, 1, 2, 3], [-.infinity, 1, 2, 3])
    #expect(endless.largest == .infinity && endless.peakSignalToNoise == -.infinity)
    #expect(endless.place == .init(x: 0, y: 0, channel: 0) && endless.incomparable == 0)
    let none = found([.nan, .nan, 0, 0], [0, 0, .nan, .nan])
    #expect(none.incomparable == 4 && none.mean.isNaN && none.place == nil)
  }

  @Test("the data range is that of PSNR: twice the range, 6.02 dB more")
  func range() {
    let (a, b) = Self.pair([20, 12, 1, 8, 30])
    let (one, two) = (
      Self.compare(a, b, threads: 1, rows: 12), Self.compare(a, b, range: 510, threads: 1, rows: 12)
    )
    #expect(abs(two.peakSignalToNoise - one.peakSignalToNoise - 6.0205999132796239) < 1e-9)
    #expect(two.largest == one.largest && two.ssim! > one.ssim!)
  }

  @Test("equal pictures are equal in every figure")
  func equal() throws {
    let (a, _) = Self.pair([170, 165, 3, 8, 0])
    let found = Self.compare(a, a, threads: 2, rows: 7)
    #expect(found.largest == 0 && found.differing == 0 && found.place == nil && found.mean == 0)
    #expect(found.peakSignalToNoise == .infinity)
    #expect(abs(try #require(found.ssim) - 1) < 1e-12)
    #expect(abs(try #require(found.multiScaleSSIM) - 1) < 1e-12)
  }

  @Test("the place is that of the first sample that is farthest apart")
  func place() {
    let (a, _) = Self.pair([20, 12, 3, 8, 0])
    let b = Picture(a.format, samples: a.samples(as: UInt8.self))
    for (x, y, channel) in [(7, 9, 2), (3, 4, 1), (5, 4, 0)] {
      let sample = b.row(y).assumingMemoryBound(to: UInt8.self) + x * 3 + channel
      sample.pointee ^= 0x80
    }
    let found = Self.compare(a, b, threads: 1, rows: 5)
    #expect(found.largest == 128 && found.differing == 3)
    #expect(found.place == .init(x: 3, y: 4, channel: 1))
  }

  @Test("a picture smaller than a window has no structure to compare")
  func small() {
    let (a, b) = Self.pair([10, 30, 1, 8, 9])
    let found = Self.compare(a, b, threads: 1, rows: 30)
    #expect(found.ssim == nil && found.multiScaleSSIM == nil && found.largest > 0)
  }

  @Test("rows of 8 bits count as 257-fold on the scale of 16")
  func scale() {
    let (a, b) = Self.pair([12, 5, 2, 8, 30])
    var format = a.format
    format.sample = .uint16
    let (wideA, wideB) = (Picture(format), Picture(format))
    CommonScale.widen(a.band, .uint8, samples: format.samplesPerRow, into: wideA.band, .uint16)
    CommonScale.widen(b.band, .uint8, samples: format.samplesPerRow, into: wideB.band, .uint16)
    #expect(wideA.samples(as: UInt16.self) == a.samples(as: UInt8.self).map { UInt16($0) * 257 })
    let (narrow, wide) = (
      Self.compare(a, b, threads: 1, rows: 2), Self.compare(wideA, wideB, threads: 1, rows: 2)
    )
    #expect(wide.largest == narrow.largest * 257 && wide.differing == narrow.differing)
    format.sample = .float32
    let floats = Picture(format)
    CommonScale.widen(a.band, .uint8, samples: format.samplesPerRow, into: floats.band, .float32)
    #expect(floats.samples(as: Float.self) == a.samples(as: UInt8.self).map { Float($0) / 255 })
    let again = Picture(format)
    CommonScale.widen(
      wideA.band, .uint16, samples: format.samplesPerRow, into: again.band, .float32)
    #expect(again.samples(as: Float.self) == floats.samples(as: Float.self))
  }

  @Test("the picture of the differences, by plain loops", arguments: [1, 3, 1000])
  func picture(gain: Int) {
    for shape in [[9, 7, 1, 8, 40], [9, 7, 2, 8, 40], [5, 4, 3, 16, 60], [5, 4, 4, 8, 30]] {
      let (a, b) = Self.pair(shape)
      let format = DifferencePicture.format(a.format)
      let result = Picture(format)
      DifferencePicture.write(a.band, b.band, format: a.format, gain: gain, into: result.band)
      let (x, y, z) = (Self.levels(a), Self.levels(b), Self.levels(result))
      let (channels, colors) = (a.format.color.channels, format.color.channels)
      let full = Int(format.sample.maximum)
      for pixel in 0..<shape[0] * shape[1] {
        func gap(_ channel: Int) -> Int {
          abs(x[pixel * channels + channel] - y[pixel * channels + channel])
        }
        for color in 0..<colors {
          let far = colors < channels ? max(gap(color), gap(colors)) : gap(color)
          #expect(z[pixel * colors + color] == min(full, far * gain))
        }
      }
    }
  }
}

extension ComparisonTests {
  static func compare(
    _ a: Picture, _ b: Picture, range: Double? = nil, threads: Int, rows: Int
  ) -> PictureDifference {
    let comparison = PictureComparison(
      a.format, dataRange: range, team: ThreadTeam(threads: threads))
    for first in stride(from: 0, to: a.format.height, by: rows) {
      let count = min(rows, a.format.height - first)
      func band(_ picture: Picture) -> RowBand {
        RowBand(base: picture.row(first), pitch: picture.pitch, firstRow: first, count: count)
      }
      comparison.add(band(a), band(b))
    }
    return comparison.finish()
  }

  static func levels(_ picture: Picture) -> [Int] {
    picture.format.sample == .uint8
      ? picture.samples(as: UInt8.self).map(Int.init)
      : picture.samples(as: UInt16.self).map(Int.init)
  }

  /// The pictures of `make_goldens.py`: width, height, channels, bits, noise.
  static func pair(_ shape: [Int]) -> (Picture, Picture) {
    let (width, height, channels, bits, noise) = (shape[0], shape[1], shape[2], shape[3], shape[4])
    var state: UInt32 = 1
    func grains() -> [Int] {
      (0..<width * height * channels).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 24)
      }
    }
    let (first, second) = (grains(), grains())
    var (a, b): ([Int], [Int]) = ([], [])
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          let wave = (x * (3 + c) + y * 5 + x * y / 16) % 256
          a.append((wave + first[a.count] / 8) / 2 + 40)
          b.append(min(255, max(0, a.last! + second[b.count] * noise / 256 - noise / 2)))
        }
      }
    }
    let color: ColorModel = [.gray, .grayAlpha, .rgb, .rgba][channels - 1]
    let format = PictureFormat(
      width: width, height: height, color: color,
      sample: bits == 8 ? .uint8 : bits == 16 ? .uint16 : .float32)
    if bits >= 32 {
      var floats = [a, b].map { $0.map { Float($0) / 64 - 2 } }
      for index in 0..<(bits == 33 ? 12 * width * channels : 0) {
        if index % 397 == 13 { floats[0][index] = .nan }
        if index % 794 == 13 || index % 1201 == 7 { floats[1][index] = .nan }
      }
      return (Picture(format, samples: floats[0]), Picture(format, samples: floats[1]))
    }
    if bits == 8 {
      return (
        Picture(format, samples: a.map { UInt8($0) }), Picture(format, samples: b.map { UInt8($0) })
      )
    }
    return (
      Picture(format, samples: a.map { UInt16($0 * 257) }),
      Picture(format, samples: b.map { UInt16($0 * 257) })
    )
  }
}
