import ConvNet
import Raster
import Testing

@testable import Reports

@Suite("Drawings")
struct DrawingTests {
  /// The colour of a pixel of an RGB picture.
  static func color(_ picture: Picture, _ x: Int, _ y: Int) -> Color {
    let row = picture.row(y).assumingMemoryBound(to: UInt8.self)
    return Color(row[3 * x], row[3 * x + 1], row[3 * x + 2])
  }

  static func colors(_ picture: Picture) -> Set<Color> {
    var found: Set<Color> = []
    for y in 0..<picture.format.height {
      for x in 0..<picture.format.width { found.insert(color(picture, x, y)) }
    }
    return found
  }

  @Test("the font has all of ASCII and the letters of Western Europe")
  func font() {
    let ascii = (0x20...0x7E).map { Character(UnicodeScalar($0)!) }.filter { $0 != "`" }
    let more = Array("äöüÄÖÜßéèêëçñåÅøÆ×·–—−°±²√µσ≤≥→…".filter { $0 != "ø" && $0 != "Æ" })
    #expect((ascii + more).filter { !StrokeFont.contains($0) } == [])
    #expect(!StrokeFont.contains("日"))
  }

  @Test("letters that the font has not are written in those that it has")
  func legible() {
    #expect(StrokeFont.legible("naïve é") == "naïve é")
    #expect(StrokeFont.legible("кошка, Щука, Ώρα") == "koshka, Shchuka, Ora")
    #expect(StrokeFont.legible("犬 a") == "[72AC] a")
    for text in ["кошка", "犬", "كلب", "👩‍🚀", "Ελλάδα"] {
      #expect(StrokeFont.legible(text).allSatisfy(StrokeFont.contains), "\(text)")
    }
    // As long as what is drawn: names of two scripts do not look the same.
    let style = Canvas.TextStyle(size: 20)
    #expect(Canvas.length("犬", style) == Canvas.length("[72AC]", style))
    #expect(StrokeFont.hasWords(for: "кошка") && !StrokeFont.hasWords(for: "кошка 犬"))
  }

  @Test("a colour ramp gets lighter all the way; the diverging one is white in the middle")
  func colorMaps() {
    func light(_ color: Color) -> Double {
      0.2126 * Double(color.red) + 0.7152 * Double(color.green) + 0.0722 * Double(color.blue)
    }
    for map in [ColorMap.gray, .ramp] {
      for (darker, lighter) in zip(map.colors, map.colors.dropFirst()) {
        #expect(light(lighter) >= light(darker) - 0.5)
      }
    }
    #expect(ColorMap.diverging(0.5).green > 250)
    let (negative, positive) = (ColorMap.diverging(0), ColorMap.diverging(1))
    #expect(negative.blue > 150 && negative.red < 80)
    #expect(positive.red > 140 && positive.blue < 80)
    #expect(ColorMap.ramp(.nan) == ColorMap.ramp.colors[0])
    #expect(ColorMap.ramp(7) == ColorMap.ramp.colors[255])
  }

  @Test(
    "an axis has round ticks",
    arguments: [
      ([0.0, 2.1], false, [0, 0.5, 1, 1.5, 2, 2.5], 1),
      ([0.62, 0.98], false, [0.6, 0.7, 0.8, 0.9, 1.0], 1),
      ([1, 3], true, [1, 2, 3], 0),
      ([-40, 12345], false, [-5000, 0, 5000, 10000, 15000], 0),
      ([5, 5], false, [4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.6], 1),
    ])
  func axis(values: [Double], whole: Bool, ticks: [Double], decimals: Int) {
    let axis = Axis(values: values, count: 6, whole: whole)
    #expect(axis.ticks.count == ticks.count)
    for (tick, expected) in zip(axis.ticks, ticks) { #expect(abs(tick - expected) < 1e-9) }
    #expect(axis.decimals == decimals)
    #expect(values.allSatisfy { axis.range.contains($0) })
  }

  @Test("charts are drawn for no, one, many and not finite values")
  func charts() {
    for values in [[], [1.0], [.nan, .infinity], [0, 0, 0], [1, .nan, 3], [1e300, -1e300]] {
      let chart = LineChart(
        title: "t", xLabel: "x", yLabel: "y", series: [.init("s", values: values)])
      let picture = chart.picture(scale: 1)
      #expect(picture.format.width == 640 && picture.format.height == 400)
      let curves = TrainingCurves(
        title: "", trainLoss: values, testLoss: [], trainAccuracy: [], testAccuracy: values)
      #expect(curves.picture(scale: 1).format.width == 1120)
    }
  }

  @Test("a falling curve goes down to the right")
  func curve() {
    let chart = LineChart(
      title: "", xLabel: "", yLabel: "", series: [.init("", values: [2, 1, 0])])
    let picture = chart.picture(scale: 1)
    let blue = Color(32, 99, 180)
    var places: [(x: Int, y: Int)] = []
    for y in 0..<400 {
      for x in 0..<640 where Self.color(picture, x, y) == blue { places.append((x, y)) }
    }
    let left = places.min { $0.x < $1.x }!
    let right = places.max { $0.x < $1.x }!
    #expect(left.y < 80 && right.y > 330)
  }

  @Test("the diagonal of a good confusion matrix is dark", arguments: [2, 10, 40, 250])
  func confusion(classes: Int) {
    let truth = (0..<classes * 10).map { $0 % classes }
    let answers = truth.enumerated().map {
      $0.offset < classes ? ($0.element + 1) % classes : $0.element
    }
    var matrix = ConfusionMatrix(classes: classes)
    for (truth, guess) in zip(truth, answers) { matrix.add(truth: truth, guess: guess) }
    let report = ClassificationReport(
      matrix, classNames: (0..<classes).map { "class \($0)" })
    let picture = report.picture(title: "c", scale: 1)
    let share = (0.9 + 0.9.squareRoot()) / 2
    #expect(Self.colors(picture).contains(ColorMap.blues(share)))
    #expect(picture.format.width < 4000)
  }

  @Test("64 feature maps make a grid of 8×8, each on its own scale")
  func featureMaps() {
    // Map k is k everywhere but at one place: two colours each, but for a constant map.
    var values: [Float] = []
    for pixel in 0..<9 {
      for map in 0..<64 { values.append(pixel == 4 && map > 0 ? 99 : Float(map)) }
    }
    let maps = FeatureMapPictures(title: "conv1", height: 3, width: 3, values: values)
    #expect(maps.count == 64 && maps.map(5) == [5, 5, 5, 5, 99, 5, 5, 5, 5])
    let picture = maps.picture(side: 30)
    let (low, high) = (ColorMap.ramp.colors[0], ColorMap.ramp.colors[255])
    // The grid is square: as many highest colours in a row of tiles as in a column.
    var rows: Set<Int> = []
    var columns: Set<Int> = []
    // Above the key of the colours.
    for y in 0..<picture.format.height - 76 {
      for x in 0..<picture.format.width where Self.color(picture, x, y) == high {
        rows.insert(y)
        columns.insert(x)
      }
    }
    #expect(rows.count == 8 * 10 && columns.count == 8 * 10)
    #expect(Self.colors(picture).contains(low))
  }

  @Test("dead maps are crossed out and counted")
  func deadMaps() {
    let maps = FeatureMapPictures(
      title: "", height: 2, width: 2, values: [0, 1, 3, 0, 2, 3, 0, 1, 3, 0, 5, 3])
    #expect((0..<3).map { maps.isDead($0) } == [true, false, true])
    let crossed = Self.colors(maps.picture())
    let alive = FeatureMapPictures(title: "", height: 2, width: 2, values: [1, 2, 1, 5])
    #expect(crossed.contains(Color(221, 107, 32)))
    #expect(!Self.colors(alive.picture()).contains(Color(221, 107, 32)))
    let single = FeatureMapPictures(title: "", height: 1, width: 1, values: [0, 4])
    #expect(single.isDead(0) && !single.isDead(1))
  }

  @Test("bars are as long as classes are likely; the chosen one stands out")
  func probabilityBars() {
    let bars = ProbabilityBars(
      title: "t",
      rows: [.init("cat", probability: 0.75, isChosen: true), .init("dog", probability: 0.25)])
    let picture = bars.picture()
    func length(_ color: Color) -> Int {
      (0..<picture.format.height).map { y in
        (0..<picture.format.width).count { Self.color(picture, $0, y) == color }
      }.max()!
    }
    #expect(abs(length(Color(32, 99, 180)) - 240) <= 2)
    #expect(abs(length(Color(110, 116, 124)) - 80) <= 2)
  }

  @Test("charts of an evaluation: reliability for all, ROC and precision for two classes")
  func evaluationCharts() {
    var confusion = ConfusionMatrix(classes: 2)
    confusion.add(truth: 1, guess: 1)
    var calibration = Calibration()
    calibration.add(probability: 0.9, isRight: true)
    var evaluation = Evaluation(
      loss: 0.1, confusion: confusion, topFive: nil, calibration: calibration)
    #expect(EvaluationCharts(evaluation, classNames: ["a", "b"]).charts.count == 1)
    evaluation.curves = ThresholdCurves(
      probabilities: [0.9, 0.4, 0.6], isPositive: [true, false, true])
    let charts = EvaluationCharts(evaluation, classNames: ["a", "b"])
    #expect(charts.charts.map(\.title).joined().contains("ROC (area 1.0000)"))
    #expect(charts.drawings.count == 3 && charts.picture(scale: 1).format.width == 3 * 440)
  }

  @Test("attention is brightest over the place that it belongs to")
  func attention() {
    let map = AttentionMap(
      title: "", height: 8, width: 8, samples: [UInt8](repeating: 0, count: 64), rows: 2,
      columns: 2, attention: [0, 0, 0, 1])
    let picture = map.picture(palette: .gray, side: 80)
    func brightness(_ x: Int, _ y: Int) -> Int { Int(Self.color(picture, x, y).red) }
    // Two tiles of 80 pixels from (24, 82) on, 12 apart.
    let (left, top) = (24 + 92, 82)
    #expect(brightness(left + 78, top + 78) > 150)
    #expect(brightness(left + 2, top + 2) == 0 && brightness(left + 78, top + 2) == 0)
    #expect(brightness(left + 40, top + 78) < brightness(left + 78, top + 78))
    #expect(brightness(24 + 78, top + 78) == 0)
  }

  @Test("colour kernels are gray where they are zero, others white")
  func kernels() {
    let color = KernelPictures(
      title: "k", height: 1, width: 2, channels: 3, weights: [0, 0, 0, 1, 0, -1])
    let found = Self.colors(color.picture())
    #expect(found.contains(Color(gray: 128)) && found.contains(Color(255, 128, 0)))
    let plain = KernelPictures(
      title: "k", height: 1, width: 2, channels: 2, weights: [0, 1, -2, 0])
    #expect(plain.count == 1)
    #expect(Self.colors(plain.picture()).contains(ColorMap.diverging(0)))
  }

  @Test("a kernel is drawn with its numbers, however large it is", arguments: [1, 3, 9, 101])
  func kernelChart(size: Int) {
    let chart = KernelChart(
      title: "sharpen", height: size, width: size,
      coefficients: (0..<size * size).map { Double($0) - Double(size * size / 2) })
    let picture = chart.picture(scale: 1)
    #expect(picture.format.height >= 78 && picture.format.height < 1100)
    #expect(Self.colors(picture).contains(ColorMap.diverging(size == 1 ? 0.5 : 0)))
  }
}
