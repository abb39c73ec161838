import Reports
import Testing

@Suite("ProgressText")
struct ProgressBarTests {
  @Test("the line shows share, rate and time left")
  func full() {
    let line = ProgressText.line(
      label: "epoch 2/5", fraction: 0.27, elapsed: 10, rate: "812 img/s", width: 70)
    #expect(line == "epoch 2/5 ████████▋░░░░░░░░░░░░░░░░░░░░░░░  27 %  812 img/s  0:28 left")
    #expect(line.count == 70)
  }

  @Test("it never exceeds the width, and drops the least important first", arguments: 1...90)
  func narrow(width: Int) {
    for fraction in [-1, 0, 0.001, 0.5, 0.999, 1, 7, .nan] {
      for unicode in [true, false] {
        let line = ProgressText.line(
          label: "fetching mnist", fraction: fraction, elapsed: 5000, rate: "12.3 MB/s",
          width: width, unicode: unicode)
        #expect(line.count <= width)
        if width >= 20 { #expect(line.contains(" %")) }
      }
    }
  }

  @Test("nothing is told about the time left before anything is done")
  func unknown() {
    #expect(ProgressText.remaining(fraction: 0, elapsed: 3) == nil)
    #expect(ProgressText.remaining(fraction: 0.5, elapsed: 3) == 3)
    #expect(ProgressText.remaining(fraction: 1, elapsed: 3) == 0)
    #expect(
      !ProgressText.line(label: "x", fraction: 0, elapsed: 1, width: 80).contains("left"))
  }
}
