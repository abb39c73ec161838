import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Parts of a picture, and what lies beyond it")
struct SelectionTests {
  func run(
    _ picture: Picture, _ stages: [Stage], _ options: FilterOptions = FilterOptions(),
    _ selection: Selection = Selection(), threads: Int = 1
  ) throws -> Picture {
    let plan = try FilterPlan(
      input: picture.format, stages: stages, options: options, selection: selection)
    let sink = PictureSink(plan.output)
    try plan.run(PictureSource(picture), into: sink, team: ThreadTeam(threads: threads))
    return sink.picture
  }

  func noise(_ width: Int, _ height: Int, _ color: ColorModel, seed: Int) -> Picture {
    var generator = SplitMix(seed)
    let format = PictureFormat(width: width, height: height, color: color, sample: .uint8)
    return Picture(
      format,
      samples: (0..<format.samplesPerRow * height).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      })
  }

  @Test("inside the region stands the result, outside the picture", arguments: [1, 3])
  func region(threads: Int) throws {
    let picture = noise(61, 83, .rgb, seed: 1)
    let chain = [correlate(gaussian(2)), correlate(kernel(3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0]))]
    let whole: [UInt8] = try run(picture, chain).samples()
    let before: [UInt8] = picture.samples()
    for (x, y, width, height) in [
      (10, 20, 30, 40), (-5, -7, 20, 20), (60, 82, 9, 9), (0, 0, 61, 83),
    ] {
      let region = try #require(Selection.Region(x: x, y: y, width: width, height: height))
      let after: [UInt8] = try run(
        picture, chain, FilterOptions(), Selection(region: region), threads: threads
      ).samples()
      for index in after.indices {
        let (column, row) = (index / 3 % 61, index / 3 / 61)
        let isInside = (x..<x + width).contains(column) && (y..<y + height).contains(row)
        #expect(after[index] == (isInside ? whole : before)[index], "\(column),\(row)")
      }
    }
  }

  @Test(
    "the result may come from other rows of the picture",
    arguments: [
      "flip:vertical", "rotate:180", "open:5", "median:3", "tophat:7", "localnorm", "clahe",
      "canny",
    ])
  func otherRows(spec: String) throws {
    // Edges are gray.
    let channels = spec == "canny" ? 1 : 3
    let picture = noise(50, 400, channels == 1 ? .gray : .rgb, seed: 9)
    let chain = [try KernelSpec.parse(spec), correlate(box(3, 3))]
    let region = try #require(Selection.Region(x: 5, y: 10, width: 30, height: 350))
    let whole: [UInt8] = try run(picture, chain).samples()
    let before: [UInt8] = picture.samples()
    for threads in [1, 3] {
      let after: [UInt8] = try run(
        picture, chain, FilterOptions(), Selection(region: region), threads: threads
      ).samples()
      let expected = after.indices.map { index in
        let (column, row) = (index / channels % 50, index / channels / 50)
        let isInside = (5..<35).contains(column) && (10..<360).contains(row)
        return (isInside ? whole : before)[index]
      }
      #expect(after == expected)
    }
  }

  @Test("a mask is counted as memory that the plan holds")
  func maskMemory() throws {
    let format = PictureFormat(width: 500, height: 400, color: .gray, sample: .uint8)
    func memory(_ selection: Selection) throws -> Int {
      try FilterPlan(input: format, stages: [correlate(box(3, 3))], selection: selection)
        .memory(threads: 1)
    }
    let region = try #require(Selection.Region(x: 0, y: 0, width: 500, height: 400))
    let mask = Picture(format)
    #expect(
      try memory(Selection(region: region, mask: mask)) - memory(Selection(region: region))
        >= 500 * 400)
  }

  @Test("a mask says how much of the result is taken")
  func mask() throws {
    let picture = noise(40, 30, .grayAlpha, seed: 2)
    let mask = noise(40, 30, .gray, seed: 3)
    let chain = [correlate(box(5, 5))]
    let whole: [UInt8] = try run(picture, chain).samples()
    let before: [UInt8] = picture.samples()
    let weights: [UInt8] = mask.samples()
    let after: [UInt8] = try run(
      picture, chain, FilterOptions(), Selection(mask: mask), threads: 2
    ).samples()
    for index in after.indices {
      let weight = Double(weights[index / 2]) / 255
      let value = weight * Double(whole[index]) + (1 - weight) * Double(before[index])
      #expect(abs(Double(after[index]) - value) <= 0.5 + 1e-9)
    }
  }

  @Test(
    "parts of pictures of floats are not rounded, and what is no number stays outside",
    arguments: [1, 3])
  func floats(threads: Int) throws {
    let format = PictureFormat(width: 31, height: 23, color: .gray, sample: .float32)
    var generator = SplitMix(6)
    var before = (0..<31 * 23).map { _ in Float.random(in: -1000...1000, using: &generator) }
    // In the corner, where the windows of the region do not reach.
    before[0] = .nan
    let picture = Picture(format, samples: before)
    let chain = [correlate(box(3, 3))]
    let whole: [Float] = try run(picture, chain).samples()
    let region = try #require(Selection.Region(x: 4, y: 5, width: 9, height: 60))
    let part: [Float] = try run(
      picture, chain, FilterOptions(), Selection(region: region), threads: threads
    ).samples()
    for index in part.indices {
      let isInside = (4..<13).contains(index % 31) && index / 31 >= 5
      let expected = (isInside ? whole : before)[index]
      #expect(part[index].bitPattern == expected.bitPattern)
    }
    let mask = noise(31, 23, .gray, seed: 7)
    let weights: [UInt8] = mask.samples()
    let mixed: [Float] = try run(
      picture, chain, FilterOptions(), Selection(mask: mask), threads: threads
    ).samples()
    for index in mixed.indices where !before[index].isNaN && !whole[index].isNaN {
      let weight = Double(weights[index]) / 255
      let value = weight * Double(whole[index]) + (1 - weight) * Double(before[index])
      #expect(abs(Double(mixed[index]) - value) <= 1e-4)
    }
  }

  @Test("what cannot be selected is refused")
  func refusals() throws {
    let picture = noise(20, 10, .rgb, seed: 4)
    let region = try #require(Selection.Region(x: 30, y: 0, width: 5, height: 5))
    let blur = [correlate(box(3, 3))]
    #expect(throws: FilterError.self) {
      try run(picture, blur, FilterOptions(), Selection(region: region))
    }
    #expect(throws: FilterError.self) {
      try run(picture, blur, FilterOptions(), Selection(mask: noise(20, 11, .gray, seed: 5)))
    }
    let inside = try #require(Selection.Region(x: 0, y: 0, width: 5, height: 5))
    #expect(throws: FilterError.self) {
      try run(
        picture, [correlate(box(3, 3), StageGeometry(strideX: 2, strideY: 2))], FilterOptions(),
        Selection(region: inside))
    }
    var options = FilterOptions()
    options.range = .auto
    // The results that are spread have another size than the picture; the last ones have not.
    #expect(throws: FilterError.spreadSelection) {
      try run(
        picture,
        [
          correlate(kernel(3, 1, [-1, 0, 1]), StageGeometry(padding: .valid)),
          try KernelSpec.parse("extend:left=1,right=1"),
        ], options, Selection(region: inside))
    }
    // Edges of colours are gray.
    #expect(throws: FilterError.self) {
      try run(
        picture, blur + [try KernelSpec.parse("canny")], FilterOptions(), Selection(region: inside))
    }
    #expect(Selection.Region(x: .max, y: 0, width: 5, height: 5) == nil)
    #expect(Selection.Region(x: 0, y: 0, width: 0, height: 5) == nil)
  }

  @Test("the automatic range is that of the selected results", arguments: [1, 3])
  func spread(threads: Int) throws {
    let picture = noise(31, 23, .rgb, seed: 4)
    let mask = noise(31, 23, .gray, seed: 5)
    let weights = mask.samples().map { (level: UInt8) -> UInt8 in level < 200 ? 0 : 255 }
    let before: [UInt8] = picture.samples()
    let region = try #require(Selection.Region(x: 3, y: 15, width: 9, height: 40))
    var options = FilterOptions()
    options.range = .auto
    for isMasked in [false, true] {
      let result: [UInt8] = try run(
        picture, [correlate(kernel(3, 1, [-1, 0, 1]))], options,
        Selection(region: region, mask: isMasked ? Picture(mask.format, samples: weights) : nil),
        threads: threads
      ).samples()
      let values = before.indices.map { index in
        let (x, row) = (index / 3 % 31, index / 93 * 93)
        func level(_ x: Int) -> Int { Int(before[row + min(max(x, 0), 30) * 3 + index % 3]) }
        return level(x + 1) - level(x - 1)
      }
      let isSelected = before.indices.map { index in
        (3..<12).contains(index / 3 % 31) && index / 93 >= 15
          && (!isMasked || weights[index / 3] > 0)
      }
      let selected = values.indices.filter { isSelected[$0] }.map { values[$0] }
      let (low, high) = (try #require(selected.min()), try #require(selected.max()))
      for index in before.indices {
        let spread = Double(values[index] - low) / Double(high - low) * 255
        let expected = isSelected[index] ? UInt8(spread + 0.5) : before[index]
        #expect(result[index] == expected, "\(index)")
      }
    }
  }
}
