import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Filters that are no weighted sums")
struct NeighbourhoodTests {
  @Test("equal OpenCV, SciPy and NumPy (Tests/Goldens/ranks.py)")
  func goldens() throws {
    var compared = 0
    for line in TestData.golden("ranks.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t").map(String.init)
      let numbers = fields[2...5].map { Int($0)! }
      let color: ColorModel = numbers[2] == 3 ? .rgb : .gray
      let stage = try KernelSpec.parse(fields[1])
      if numbers[3] == 8 {
        let picture = picture(
          numbers[0], numbers[1], color, samples(fields[6], digits: 2, UInt8.self))
        let result: [UInt8] = try filtered(picture, [stage])
        #expect(result == samples(fields[7], digits: 2, UInt8.self), "\(fields[0]) \(fields[1])")
      } else {
        let picture = picture(
          numbers[0], numbers[1], color, samples(fields[6], digits: 4, UInt16.self))
        let result: [UInt16] = try filtered(picture, [stage])
        #expect(result == samples(fields[7], digits: 4, UInt16.self), "\(fields[0]) \(fields[1])")
      }
      compared += 1
    }
    #expect(compared > 100)
  }

  private func samples<Sample: FixedWidthInteger>(
    _ hex: String, digits: Int, _ type: Sample.Type
  ) -> [Sample] {
    let bytes = Array(hex.utf8)
    return stride(from: 0, to: bytes.count, by: digits).map { start in
      Sample(String(decoding: bytes[start..<start + digits], as: UTF8.self), radix: 16)!
    }
  }

  /// A stage on random samples of any layout, and window by window.
  private func compare<Sample: FixedWidthInteger & UnsignedInteger>(
    _ type: Sample.Type, seed: Int
  ) throws {
    var generator = SplitMix(state: UInt64(seed))
    let color = [ColorModel.gray, .grayAlpha, .rgb, .rgba][seed % 4]
    let (width, height) = (
      Int.random(in: 1...60, using: &generator), Int.random(in: 1...15, using: &generator)
    )
    let levels = seed % 3 == 0 ? Sample(5) : .max
    let input = (0..<width * height * color.channels).map { _ in
      Sample.random(in: 0...levels, using: &generator)
    }
    let (columns, rows) = (
      Int.random(in: 1...(seed % 5 == 0 ? 50 : 7), using: &generator),
      Int.random(in: 1...7, using: &generator)
    )
    var members: [Bool]?
    if seed % 2 == 0 {
      members = (0..<columns * rows).map { _ in Bool.random(using: &generator) }
      members![columns * rows / 2] = true
    }
    let element = StructuringElement(width: columns, height: rows, members: members)
    let padding = [Padding.replicate, .reflect, .reflect101, .wrap, .zero, .truncate][seed % 6]
    let strideX = Int.random(in: 1...3, using: &generator)
    let percent = Double(seed * 37 % 101)
    let kinds: [Neighbourhood] = [
      .morphology(.erode, element), .morphology(.dilate, element), .rank(.median, element),
      .rank(.percent(percent), element),
    ]
    let picture = picture(width, height, color, input)
    for (number, kind) in kinds.enumerated() {
      let stage = Stage(
        .neighbourhood(kind), geometry: StageGeometry(strideX: strideX, padding: padding),
        name: "stage")
      var wanted: [Sample] = []
      for y in 0..<height {
        for x in stride(from: 0, to: width, by: strideX) {
          for channel in 0..<color.channels {
            var values: [Sample] = []
            for j in 0..<rows {
              for i in 0..<columns where element.contains(i, j) {
                let row = padding.source(y + j - rows / 2, count: height)
                let column = padding.source(x + i - columns / 2, count: width)
                if let row, let column {
                  values.append(input[(row * width + column) * color.channels + channel])
                } else if padding == .zero {
                  let isAlpha = color.hasAlpha && channel == color.channels - 1
                  values.append(isAlpha ? .max : 0)
                }
              }
            }
            values.sort()
            let empty: Sample =
              number == 0
              ? .max : number == 1 ? 0 : input[(y * width + x) * color.channels + channel]
            let place =
              switch number {
              case 0: 0
              case 1: values.count - 1
              case 2: values.count / 2
              default: min(Int(Double(values.count) * percent / 100), values.count - 1)
              }
            wanted.append(values.isEmpty ? empty : values[place])
          }
        }
      }
      for threads in [1, 3] {
        let got: [Sample] = try filtered(picture, [stage], threads: threads)
        #expect(got == wanted, "seed \(seed), \(kind), \(padding), \(threads) threads")
      }
    }
  }

  @Test("equal plain loops over the members of each window", arguments: 0..<36)
  func plainLoops(seed: Int) throws {
    if seed / 2 % 2 == 0 {
      try compare(UInt8.self, seed: seed)
    } else {
      try compare(UInt16.self, seed: seed)
    }
  }

  @Test("an opening is one: nothing grows, and a second changes nothing")
  func opening() throws {
    var generator = SplitMix(state: 5)
    let samples = (0..<31 * 23).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for text in [
      "open:size=4x3", "open:mask=110/010/000", "close:size=2", "open:radius=3,shape=disk",
    ] {
      let stage = try KernelSpec.parse(text)
      let once: [UInt8] = try filtered(picture(31, 23, samples), [stage])
      let twice: [UInt8] = try filtered(picture(31, 23, once), [stage])
      #expect(once == twice, "\(text)")
      let isOpening = text.hasPrefix("open")
      #expect(zip(once, samples).allSatisfy { isOpening ? $0 <= $1 : $0 >= $1 }, "\(text)")
    }
  }

  @Test("differences keep alpha, and channels that are not chosen stay")
  func channels() throws {
    var generator = SplitMix(state: 6)
    let samples = (0..<9 * 7 * 4).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let source = picture(9, 7, .rgba, samples)
    for text in ["gradient", "tophat", "blackhat"] {
      let result: [UInt8] = try filtered(source, [KernelSpec.parse(text)])
      #expect(stride(from: 3, to: samples.count, by: 4).allSatisfy { result[$0] == samples[$0] })
      #expect(result != samples)
    }
    var options = FilterOptions()
    options.channels = .only([1])
    for text in ["open", "median", "tophat", "rank:percent=10,shape=cross"] {
      let result: [UInt8] = try filtered(source, [KernelSpec.parse(text)], options)
      let all: [UInt8] = try filtered(source, [KernelSpec.parse(text)])
      for index in samples.indices {
        #expect(result[index] == (index % 4 == 1 ? all[index] : samples[index]), "\(text)")
      }
    }
  }
}
