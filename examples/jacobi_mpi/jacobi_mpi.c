/* Laplace's equation on the unit square by Jacobi's method, on as many MPI processes as there are: each has a band of
 * rows, and two rows more (the halo) that belong to its neighbours and are exchanged before every sweep.
 *
 *     jacobi_mpi [CELLS PER SIDE] [SWEEPS]
 */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include <kernprof.h>

struct band {
    int columns;
    int rows;         /* without the halo: rows 1 to `rows` */
    int above, below; /* the neighbours' ranks; MPI_PROC_NULL at the boundary */
    double *value;
    double *next;
};

static double *row_of(const struct band *band, double *value, int row)
{
    return value + (size_t)row * (size_t)band->columns;
}

static struct band make_band(int cells, int rank, int ranks)
{
    struct band band = {
        .columns = cells + 1,
        .rows = cells / ranks + (rank < cells % ranks),
        .above = rank > 0 ? rank - 1 : MPI_PROC_NULL,
        .below = rank + 1 < ranks ? rank + 1 : MPI_PROC_NULL,
    };
    size_t size = (size_t)(band.rows + 2) * (size_t)band.columns;
    band.value = calloc(size, sizeof *band.value);
    band.next = calloc(size, sizeof *band.next);
    if (!band.value || !band.next)
        MPI_Abort(MPI_COMM_WORLD, 1);
    if (rank == 0) /* the upper side is held at 1, the others at 0 */
        for (int column = 0; column < band.columns; column++)
            band.value[column] = band.next[column] = 1;
    return band;
}

/* The neighbours' rows next to ours come into the halo, ours go into theirs. */
KP_PROFILE
static void exchange_halo(const struct band *band)
{
    double *first = row_of(band, band->value, 1);
    double *last = row_of(band, band->value, band->rows);
    double *upper_halo = row_of(band, band->value, 0);
    double *lower_halo = row_of(band, band->value, band->rows + 1);
    MPI_Sendrecv(first, band->columns, MPI_DOUBLE, band->above, 0, lower_halo, band->columns, MPI_DOUBLE, band->below, 0,
                 MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Sendrecv(last, band->columns, MPI_DOUBLE, band->below, 1, upper_halo, band->columns, MPI_DOUBLE, band->above, 1,
                 MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

/* One step; gives the sum of the squares of what changed. */
KP_PROFILE
static double sweep(struct band *band)
{
    double change = 0;
    for (int row = 1; row <= band->rows; row++) {
        const double *above = row_of(band, band->value, row - 1);
        const double *here = row_of(band, band->value, row);
        const double *below = row_of(band, band->value, row + 1);
        double *next = row_of(band, band->next, row);
        for (int column = 1; column < band->columns - 1; column++) {
            next[column] = 0.25 * (above[column] + below[column] + here[column - 1] + here[column + 1]);
            change += (next[column] - here[column]) * (next[column] - here[column]);
        }
    }
    double *swap = band->value;
    band->value = band->next;
    band->next = swap;
    return change;
}

KP_PROFILE
static double iterate(struct band *band, int sweeps)
{
    double all = 0;
    for (int i = 0; i < sweeps; i++) {
        exchange_halo(band);
        double change = sweep(band);
        MPI_Allreduce(&change, &all, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    }
    return sqrt(all);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int rank, ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    int cells = argc > 1 ? atoi(argv[1]) : 1000;
    int sweeps = argc > 2 ? atoi(argv[2]) : 500;
    if (cells < ranks || cells > 20000 || sweeps < 1) {
        if (rank == 0)
            fprintf(stderr, "usage: jacobi_mpi [CELLS PER SIDE, one for each rank to 20000] [SWEEPS]\n");
        MPI_Finalize();
        return 2;
    }
    struct band band = make_band(cells, rank, ranks);
    double change = iterate(&band, sweeps);
    if (rank == 0)
        printf("%d ranks, %d sweeps, last change %.6e\n", ranks, sweeps, change);
    free(band.value);
    free(band.next);
    MPI_Finalize();
    return 0;
}
